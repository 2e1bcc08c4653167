import type {
	AcceptOutcome,
	CallbackEnvelope,
	ExecutionPort,
	ExecutionRef,
	SettleOutcome,
	StaleReason,
	TaskError,
} from '../../../core';
import { after } from './clock';
import { finishExecution, moveExecution } from './ending';
import { failUnsettled, heldTasks, redeliver } from './failing';
import { storable } from './failures';
import { runsIn } from './n8n-execution';
import { settle } from './settle';
import { moveTask } from './task-log';
import type { FakeExecution, World } from './world';

/** Executions in memory; every call names id and epoch, and what came too late is an answer. */
export class FakeExecutions implements ExecutionPort {
	constructor(private readonly world: World) {}

	async accept(ref: ExecutionRef, _webhookId: string): Promise<AcceptOutcome> {
		const { world } = this;
		const execution = this.inEpoch(ref);
		if (!execution || execution.state === 'expired' || execution.state === 'cancelled') return 'stale';
		if (execution.state !== 'claimed') return 'duplicate';
		if (!this.leaseInForce(execution)) return 'stale';
		const deadlineAt = after(world.now(), execution.limitSeconds);
		moveExecution(execution, 'accepted', { deadlineAt, leaseUntil: this.workLease(execution, deadlineAt) });
		for (const task of heldTasks(world, execution)) task.deliveryFailures = 0;
		return 'accepted';
	}

	async whyStale({ executionId, epoch }: ExecutionRef): Promise<StaleReason | null> {
		const execution = this.world.executions.get(executionId);
		if (!execution) return 'unknown';
		if (execution.epoch !== epoch) return 'epoch';
		const { state } = execution;
		if (state === 'expired' || state === 'cancelled' || state === 'reported') return state;
		return execution.leaseUntil && !this.leaseInForce(execution) ? 'expired' : null;
	}

	async start(
		ref: ExecutionRef,
		n8nExecutionId: string,
		n8nInstance?: string,
	): Promise<{ leaseUntil: Date; deadlineAt: Date } | null> {
		const working = this.atWork(ref);
		if (!working) return null;
		const { execution, deadlineAt } = working;
		if (execution.state === 'started' && !isSame(execution, n8nExecutionId, n8nInstance)) return null;
		const leaseUntil = this.workLease(execution, deadlineAt);
		if (execution.state === 'accepted') moveExecution(execution, 'started', { startedAt: this.world.now() });
		Object.assign(execution, { n8nExecutionId, leaseUntil });
		execution.n8nInstance = n8nInstance || execution.n8nInstance;
		for (const task of heldTasks(this.world, execution))
			if (task.state === 'claimed')
				moveTask(this.world, task, 'running', { actor: `start:${n8nExecutionId}` });
		return { leaseUntil, deadlineAt };
	}

	async renew(ref: ExecutionRef): Promise<{ leaseUntil: Date } | null> {
		const working = this.atWork(ref);
		if (!working) return null;
		const leaseUntil = this.workLease(working.execution, working.deadlineAt);
		working.execution.leaseUntil = leaseUntil;
		return { leaseUntil };
	}

	async settle(
		callback: CallbackEnvelope,
		webhookId: string,
	): Promise<{ outcome: SettleOutcome; settledTasks: string[] }> {
		return settle(this.world, callback, webhookId);
	}

	async refuse(
		ref: ExecutionRef,
		error: TaskError,
		options: { retryAt?: Date | null } = {},
	): Promise<boolean> {
		const execution = this.inEpoch(ref);
		if (execution?.state !== 'claimed') return false;
		for (const task of heldTasks(this.world, execution))
			redeliver(this.world, task, error, { actor: 'refuse' }, options.retryAt ?? null);
		finishExecution(this.world, execution, 'cancelled', storable(error));
		return true;
	}

	async abandon(ref: ExecutionRef, error: TaskError): Promise<number> {
		const execution = this.inEpoch(ref);
		if (!execution) return 0;
		execution.n8nEndedAt ??= this.world.now();
		if (execution.finishedAt !== null) return 0;
		const { requeued, dead } = failUnsettled(this.world, execution, error, { actor: 'abandon' });
		finishExecution(this.world, execution, 'expired', storable(error));
		return requeued + dead;
	}

	async abandonByN8nExecution(
		n8nExecutionId: string,
		error: TaskError,
		n8nInstance?: string,
	): Promise<number> {
		let failed = 0;
		for (const execution of this.world.executions.values())
			if (runsIn(execution, n8nExecutionId, n8nInstance) && execution.n8nEndedAt === null)
				failed += await this.abandon(execution, error);
		return failed;
	}

	private inEpoch({ executionId, epoch }: ExecutionRef): FakeExecution | undefined {
		const execution = this.world.executions.get(executionId);
		return execution?.epoch === epoch ? execution : undefined;
	}

	/** Accepted or started, its lease in force. */
	private atWork(ref: ExecutionRef): { execution: FakeExecution; deadlineAt: Date } | null {
		const execution = this.inEpoch(ref);
		if (!execution || (execution.state !== 'accepted' && execution.state !== 'started')) return null;
		if (!execution.deadlineAt || !this.leaseInForce(execution)) return null;
		return { execution, deadlineAt: execution.deadlineAt };
	}

	private leaseInForce({ leaseUntil }: FakeExecution): boolean {
		return leaseUntil !== null && leaseUntil > this.world.now();
	}

	/** Never past the deadline. */
	private workLease({ workflowType }: FakeExecution, deadlineAt: Date): Date {
		const leaseUntil = after(this.world.now(), this.world.type(workflowType).workLeaseSeconds);
		return leaseUntil < deadlineAt ? leaseUntil : deadlineAt;
	}
}

/** The same n8n execution asks again, as far as it is known where it runs. */
function isSame(execution: FakeExecution, id: string, instance?: string): boolean {
	const elsewhere =
		execution.n8nInstance !== null && instance !== undefined && execution.n8nInstance !== instance;
	return execution.n8nExecutionId === id && !elsewhere;
}
