import { z } from 'zod/v4';
import { InvalidInputError } from '../errors';
import type { QueuePort } from '../orchestrator';
import type { CancelOptions, CancelOutcome, CancelSelection } from '../queue/cancel';
import type { ClaimedExecution, ClaimPlan } from '../queue/claim';
import { type ClaimPolicy, unboundedPolicy } from '../queue/claim-model';
import { type Explanation, explainTask } from '../queue/explain';
import type { FairKeyOverview, PauseAnswer, QueueTarget } from '../queue/gate';
import { type IdleReason, whyIdle } from '../queue/idle';
import type { TaskInspection } from '../task/dead-letter';
import { writeNewTasks } from '../task/write-new-tasks';
import {
	type EnqueuedTask,
	type NewTask,
	type PeekedTask,
	TASK_ID,
	type TaskFault,
	type TaskFilter,
	type TaskOverview,
} from '../task/task';
import { inspection } from './dead-letter-store';
import type { Gateway } from './gateway';
import {
	cancelOutcome,
	claimed,
	claimSnapshot,
	enqueued,
	fairKey,
	overview,
	pauseAnswer,
	peeked,
	taskFault,
	taskSnapshot,
} from './queue-rows';

const inspectionOrNull = inspection.nullable();
const taskSnapshotOrNull = taskSnapshot.nullable();

/** The queue on Postgres. */
export class QueueStore implements QueuePort {
	constructor(private readonly gateway: Gateway) {}

	async enqueue(tasks: NewTask[]): Promise<EnqueuedTask[]> {
		return this.gateway.rows(
			enqueued,
			'select task_id, idempotency_key, created, existing_state from orchestrator.enqueue_tasks($1) order by ord',
			[writeNewTasks(tasks)],
		);
	}

	async faults(tasks: NewTask[]): Promise<TaskFault[]> {
		const sql = 'select orchestrator.task_faults($1) as answer';
		return this.gateway.answers(taskFault, sql, [JSON.stringify(tasks)]);
	}

	async claim(plan: ClaimPlan): Promise<ClaimedExecution[]> {
		return this.gateway.answers(claimed, 'select orchestrator.claim($1) as answer', [JSON.stringify(plan)]);
	}

	async list(filter: TaskFilter = {}): Promise<TaskOverview[]> {
		const sql = 'select orchestrator.find_tasks($1) as answer';
		return this.gateway.answers(overview, sql, [JSON.stringify(filter)]);
	}

	async peek(filter: Parameters<QueuePort['peek']>[0] = {}): Promise<PeekedTask[]> {
		const sql = 'select orchestrator.peek_tasks($1) as answer';
		return this.gateway.answers(peeked, sql, [JSON.stringify(filter)]);
	}

	async inspect(taskId: string): Promise<TaskInspection | null> {
		const sql = 'select orchestrator.inspect_task($1) as answer';
		return this.gateway.answer(inspectionOrNull, sql, [taskIdOf(taskId)]);
	}

	async explain(taskId: string): Promise<Explanation | null> {
		const sql = 'select orchestrator.explain_task($1) as answer';
		const snapshot = await this.gateway.answer(taskSnapshotOrNull, sql, [taskIdOf(taskId)]);
		return snapshot && explainTask(snapshot);
	}

	async whyIdle(plan?: ClaimPolicy): Promise<IdleReason[]> {
		const sql = 'select orchestrator.claim_snapshot($1) as answer';
		const depth = plan ? deepest(plan) : null;
		const snapshot = await this.gateway.answer(claimSnapshot, sql, [depth]);
		return whyIdle(snapshot, plan ?? unboundedPolicy(snapshot));
	}

	async cancel(selection: CancelSelection, options: CancelOptions): Promise<CancelOutcome[]> {
		const sql = 'select orchestrator.cancel_tasks($1, $2) as answer';
		return this.gateway.answers(cancelOutcome, sql, [JSON.stringify(selection), JSON.stringify(options)]);
	}

	async pause(target: QueueTarget, options: { actor: string; reason: string }): Promise<PauseAnswer> {
		const sql = 'select orchestrator.pause_queue($1, $2, $3) as answer';
		return this.gateway.answer(pauseAnswer, sql, [JSON.stringify(target), options.actor, options.reason]);
	}

	async resume(target: QueueTarget, options: { actor: string }): Promise<PauseAnswer> {
		const sql = 'select orchestrator.resume_queue($1, $2) as answer';
		return this.gateway.answer(pauseAnswer, sql, [JSON.stringify(target), options.actor]);
	}

	async setWeight(target: QueueTarget, weight: number, options: { actor: string }): Promise<number> {
		const sql = 'select orchestrator.set_queue_weight($1, $2, $3) as answer';
		return this.gateway.answer(z.number(), sql, [JSON.stringify(target), weight, options.actor]);
	}

	async keys(filter: Parameters<QueuePort['keys']>[0] = {}): Promise<FairKeyOverview[]> {
		const sql = 'select orchestrator.list_fair_keys($1) as answer';
		return this.gateway.answers(fairKey, sql, [JSON.stringify(filter)]);
	}
}

/** Tasks of one (key, priority) that a claim with this policy can take at most. */
function deepest({ maxExecutions, quotas }: ClaimPolicy): number {
	return Math.max(0, maxExecutions) * Math.max(1, ...quotas.map((quota) => quota.batchSize));
}

function taskIdOf(text: string): string {
	if (TASK_ID.test(text)) return text;
	throw new InvalidInputError(
		`A task id is a whole number, got "${text}".`,
		'Take it from the list of tasks.',
	);
}
