import type { CallbackEnvelope, CallbackItem, JsonObject, SettleOutcome, Usage } from '../../../core';
import { finishExecution } from './ending';
import { failTask, heldTasks } from './failing';
import { enqueueSuccessors } from './successors';
import { moveTask } from './task-log';
import type { FakeExecution, FakeTask, World } from './world';

/** S9: receipt, outcomes, successors, usage and slot at once; an item counts once, and only in its execution's epoch. */
export function settle(
	world: World,
	callback: CallbackEnvelope,
	webhookId: string,
): { outcome: SettleOutcome; settledTasks: string[] } {
	if (world.receipts.has(webhookId)) return { outcome: 'duplicate', settledTasks: [] };
	const { execution_id: executionId, epoch, items } = callback;
	world.receipts.set(webhookId, executionId);
	const execution = world.executions.get(executionId);
	const settled = items.filter((item) => {
		const task = openTask(world, execution, epoch, item.task_id);
		if (task) applyItem(world, task, item);
		return task !== undefined;
	});
	const outcome = settled.length > 0 ? 'applied' : whyNot(execution, epoch);
	if (execution?.finishedAt === null && heldTasks(world, execution).length === 0)
		finishExecution(world, execution, 'reported');
	for (const item of items) for (const usage of item.usage) charge(world, execution, item.task_id, usage);
	// A late report is the end of a zombie (S10).
	if (execution && outcome === 'stale' && (execution.state === 'expired' || execution.state === 'cancelled'))
		execution.n8nEndedAt ??= world.now();
	const settledTasks = settled.map((item) => item.task_id).sort((a, b) => Number(a) - Number(b));
	return { outcome, settledTasks };
}

function openTask(
	world: World,
	execution: FakeExecution | undefined,
	epoch: number,
	taskId: string,
): FakeTask | undefined {
	const task = world.tasks.get(Number(taskId));
	const held = execution && task?.executionId === execution.executionId && task.epoch === epoch;
	return held ? task : undefined;
}

function applyItem(world: World, task: FakeTask, item: CallbackItem): void {
	const mover = { actor: 'settle', executionId: task.executionId };
	if (item.outcome === 'failed') {
		failTask(world, task, item.error, mover, item.retry);
		return;
	}
	const result: JsonObject = item.result;
	moveTask(world, task, 'succeeded', mover, {
		executionId: null,
		result,
		error: null,
		finishedAt: world.now(),
	});
	enqueueSuccessors(world, task, mover.executionId);
}

function whyNot(execution: FakeExecution | undefined, epoch: number): SettleOutcome {
	const gone =
		!execution ||
		execution.epoch !== epoch ||
		execution.state === 'expired' ||
		execution.state === 'cancelled';
	return gone ? 'stale' : 'duplicate';
}

/** S10: usage counts whatever became of the report. A dated model name has the price of its longest registered prefix. */
function charge(world: World, execution: FakeExecution | undefined, taskId: string, usage: Usage): void {
	const [priced] = world.models
		.filter(({ provider, model }) => provider === usage.provider && usage.model.startsWith(model))
		.sort((a, b) => b.model.length - a.model.length);
	if (!execution?.taskIds.includes(Number(taskId))) return;
	world.requests.push({ provider: usage.provider, count: usage.requests, at: world.now() });
	if (!priced) return;
	const { inputUsdPerMtok, outputUsdPerMtok } = priced;
	if (inputUsdPerMtok === null || outputUsdPerMtok === null) return;
	const micros = usage.input_tokens * inputUsdPerMtok + usage.output_tokens * outputUsdPerMtok;
	const cost = Math.round(micros) / 1_000_000;
	execution.costUsd += cost;
	world.task(Number(taskId)).costUsd += cost;
}
