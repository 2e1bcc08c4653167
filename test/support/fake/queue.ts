import {
	compareRank,
	explainTask,
	InvalidInputError,
	score,
	unboundedPolicy,
	whyIdle,
	type CancelOptions,
	type CancelOutcome,
	type CancelSelection,
	type ClaimedExecution,
	type ClaimPlan,
	type EnqueuedTask,
	type Explanation,
	type FairKeyOverview,
	type IdleReason,
	type NewTask,
	type PauseAnswer,
	type PeekedTask,
	type QueuePort,
	type QueueTarget,
	type TaskFault,
	type TaskFilter,
	type TaskInspection,
	type TaskOverview,
} from '../../../core';
import { boundedLimit } from './bounds';
import { cancel } from './cancel';
import { claim, claimSnapshot, taskSnapshot } from './claim';
import { enqueue } from './enqueue';
import { keyOverviews, pause, resume, setWeight } from './gates';
import { faultsOf } from './new-task-fault';
import { overviewOf } from './task-log';
import type { FakeTask, World } from './world';

/** The queue in memory. */
export class FakeQueue implements QueuePort {
	constructor(private readonly world: World) {}

	async enqueue(tasks: NewTask[]): Promise<EnqueuedTask[]> {
		return enqueue(this.world, tasks);
	}

	async faults(tasks: NewTask[]): Promise<TaskFault[]> {
		return faultsOf(this.world, tasks);
	}

	async claim(plan: ClaimPlan): Promise<ClaimedExecution[]> {
		return claim(this.world, plan);
	}

	async list(filter: TaskFilter = {}): Promise<TaskOverview[]> {
		const limit = boundedLimit(filter.limit, 1000, 10_000);
		const matching = this.world.live(this.world.tasks).filter((task) => matches(task, filter));
		return matching.slice(0, limit).map(overviewOf);
	}

	async peek(filter: Parameters<QueuePort['peek']>[0] = {}): Promise<PeekedTask[]> {
		const limit = boundedLimit(filter.limit, 10, 100);
		const { workflowType, fairKey } = filter;
		const now = this.world.now();
		const queued = await this.list({ states: ['queued'], workflowType, fairKey, limit: 10_000 });
		return queued
			.sort((a, b) => compareRank(a, b, now))
			.slice(0, limit)
			.map((task) => ({ ...task, score: score(task, now) }));
	}

	async inspect(taskId: string): Promise<TaskInspection | null> {
		const { world } = this;
		const task = this.find(taskId);
		if (!task) return null;
		const of = ({ taskId: owner }: { taskId: number }) => owner === task.id;
		const children = [...world.tasks.values()].filter((each) => each.parentTaskId === taskId);
		return {
			task: overviewOf(task),
			archived: task.archived,
			context: task.context,
			deadLetter: world.deadLetters.get(task.id) ?? null,
			failures: world.failures.filter(of).slice(-200).map(withoutOwner),
			transitions: world.transitions.filter(of).slice(-500).map(withoutOwner),
			children: children.slice(0, 100).map((each) => ({
				taskId: String(each.id),
				workflowType: each.workflowType,
				state: each.state,
			})),
		};
	}

	async explain(taskId: string): Promise<Explanation | null> {
		const task = this.find(taskId);
		return task ? explainTask(taskSnapshot(this.world, task)) : null;
	}

	async whyIdle(plan?: Pick<ClaimPlan, 'maxExecutions' | 'quotas'>): Promise<IdleReason[]> {
		const snapshot = claimSnapshot(this.world);
		return whyIdle(snapshot, plan ?? unboundedPolicy(snapshot));
	}

	async cancel(selection: CancelSelection, options: CancelOptions): Promise<CancelOutcome[]> {
		return cancel(this.world, selection, options);
	}

	async pause(target: QueueTarget, options: { actor: string; reason: string }): Promise<PauseAnswer> {
		return pause(this.world, target, options);
	}

	async resume(target: QueueTarget, options: { actor: string }): Promise<PauseAnswer> {
		return resume(this.world, target, options);
	}

	async setWeight(target: QueueTarget, weight: number, options: { actor: string }): Promise<number> {
		return setWeight(this.world, target, weight, options);
	}

	async keys(filter: Parameters<QueuePort['keys']>[0] = {}): Promise<FairKeyOverview[]> {
		return keyOverviews(this.world, filter);
	}

	private find(taskId: string): FakeTask | undefined {
		if (!/^\d{1,18}$/.test(taskId))
			throw new InvalidInputError(
				`A task id is a whole number, got "${taskId}".`,
				'Take it from the list of tasks.',
			);
		return this.world.tasks.get(Number(taskId));
	}
}

function matches(task: FakeTask, filter: TaskFilter): boolean {
	const { states, workflowType, fairKey, parentTaskId, parentExecutionId, afterTaskId } = filter;
	return (
		(states === undefined || states.includes(task.state)) &&
		(workflowType === undefined || task.workflowType === workflowType) &&
		(fairKey === undefined || task.fairKey === fairKey) &&
		(parentTaskId === undefined || task.parentTaskId === parentTaskId) &&
		(parentExecutionId === undefined || task.parentExecutionId === parentExecutionId) &&
		(afterTaskId === undefined || task.id > Number(afterTaskId))
	);
}

function withoutOwner<T extends { taskId: number }>({ taskId: _, ...rest }: T): Omit<T, 'taskId'> {
	return rest;
}
