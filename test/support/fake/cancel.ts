import {
	CANCELLABLE_STATES,
	type CancellableState,
	type CancelledExecution,
	type CancelOptions,
	type CancelOutcome,
	type CancelSelection,
	InvalidInputError,
} from '../../../core';
import { boundedLimit, namedActor } from './bounds';
import { finishExecution } from './ending';
import { heldTasks } from './failing';
import { moveTask } from './task-log';
import type { FakeTask, World } from './world';

/** Ends tasks for good; an execution whose last task goes is cancelled with it. Nobody else is at work in memory: none is busy. */
export function cancel(world: World, selection: CancelSelection, options: CancelOptions): CancelOutcome[] {
	const actor = namedActor(options.actor);
	const { ids, matching } = selectedTasks(world, selection);
	const outcomes = ids.map((id): CancelOutcome => {
		const taskId = String(id);
		const task = world.tasks.get(id);
		if (!task || task.archived) return { taskId, outcome: 'unknown' };
		const was = cancellable(task.state);
		if (!was) return { taskId, outcome: 'already_ended', was: task.state };
		const before = task.executionId;
		if (options.dryRun) {
			const others = ids.filter((other) => other !== id);
			const execution = before === null ? null : wouldEnd(world, before, new Set([id, ...others]));
			return { taskId, outcome: 'would_cancel', was, execution };
		}
		moveTask(
			world,
			task,
			'cancelled',
			{ actor: `cancel:${actor}`, executionId: before, context: { reason: options.reason } },
			{ executionId: null, notBefore: null, debounce: null, finishedAt: world.now() },
		);
		return {
			taskId,
			outcome: 'cancelled',
			was,
			execution: before === null ? null : wouldEnd(world, before, new Set()),
		};
	});
	const ended = options.dryRun ? outcomes : outcomes.map((outcome) => endedNow(world, outcome));
	return matching === undefined ? ended : ended.map((outcome) => ({ ...outcome, matching }));
}

/** Every task is cancelled by now: whether its execution holds another one decides. */
function endedNow(world: World, outcome: CancelOutcome): CancelOutcome {
	if (outcome.outcome !== 'cancelled' || !outcome.execution) return outcome;
	const execution = world.executions.get(outcome.execution.executionId);
	if (!execution) return outcome;
	const ended = heldTasks(world, execution).length === 0;
	if (ended && execution.finishedAt === null) finishExecution(world, execution, 'cancelled');
	return { ...outcome, execution: { ...outcome.execution, ended } };
}

function wouldEnd(world: World, executionId: string, gone: ReadonlySet<number>): CancelledExecution | null {
	const execution = world.executions.get(executionId);
	if (!execution) return null;
	const { epoch, n8nExecutionId } = execution;
	const left = heldTasks(world, execution).filter((task) => !gone.has(task.id));
	return { executionId, epoch, n8nExecutionId, ended: left.length === 0 };
}

/** Lowest id first; of a filter, with the number of those that match, limit aside. */
function selectedTasks(world: World, selection: CancelSelection): { ids: number[]; matching?: number } {
	if ('taskIds' in selection)
		return { ids: [...new Set(selection.taskIds.map(Number))].sort((a, b) => a - b) };
	const { workflowType, fairKey, states, limit } = selection;
	if (workflowType === undefined && fairKey === undefined && states === undefined)
		throw new InvalidInputError(
			'name taskIds, workflowType, fairKey or states: an empty filter would cancel everything.',
			'Correct this value.',
		);
	const wanted: readonly string[] = states ?? CANCELLABLE_STATES;
	const matching = world
		.live(world.tasks)
		.filter(
			(task: FakeTask) =>
				cancellable(task.state) &&
				wanted.includes(task.state) &&
				(workflowType === undefined || task.workflowType === workflowType) &&
				(fairKey === undefined || task.fairKey === fairKey),
		);
	const chosen = matching.slice(0, boundedLimit(limit, 1000, 10_000));
	return { ids: chosen.map((task) => task.id), matching: matching.length };
}

function cancellable(state: string): CancellableState | undefined {
	return CANCELLABLE_STATES.find((each) => each === state);
}
