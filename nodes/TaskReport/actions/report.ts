import { z } from 'zod/v4';
import {
	buildCallbackEnvelope,
	type CallbackItem,
	InvalidInputError,
	jsonObject,
	retryAdvice,
	usage,
} from '../../../core';
import { type Call, defineGroupAction } from '../../shared/action';
import { taskItem } from '../../shared/flow';
import { jsonParameter } from '../../shared/json';
import { deliverReport } from '../deliver-report';
import { readTaskError } from '../../shared/task-error';

/** What an empty JSON parameter reads as. */
const nothing = z.record(z.string(), z.never());

const parameters = z.object({
	outcome: z.enum(['auto', 'succeeded', 'failed']),
	result: jsonParameter(jsonObject),
	usage: jsonParameter(z.union([z.array(usage), nothing.transform(() => [])])),
	retry: jsonParameter(z.union([retryAdvice, nothing.transform(() => undefined)])),
	task: jsonParameter(taskItem),
});
type ReportCall = Call<z.output<typeof parameters>>;

/** Reports the outcome of tasks: one signed callback for all items of the same execution. */
export const report = defineGroupAction({
	parameters,
	parallel: true,
	// A late report changes nothing, but what it used is recorded, and that it has ended.
	alsoWhenLost: true,
	groupOf: ({ parameters: { task } }) => `${task.execution.id}:${task.execution.epoch}`,
	async perform(calls, services) {
		const task = calls[0]?.parameters.task;
		if (task === undefined) return [];
		const answer = task.test
			? { reported: 'test', message: 'A sample: nothing was sent to the orchestrator.' }
			: await deliverReport(envelopeOf(calls, services.executionId), task.execution, services);
		return calls.map(({ json }) => [{ json: { ...json, ...answer } }]);
	},
});

function envelopeOf(calls: readonly ReportCall[], n8nExecutionId: string) {
	const [first] = calls;
	if (first === undefined)
		throw new InvalidInputError('There is nothing to report.', 'Pass items to Task Report.');
	const { task, execution } = first.parameters.task;
	return buildCallbackEnvelope({
		executionId: execution.id,
		epoch: execution.epoch,
		workflowType: task.workflowType,
		n8nExecutionId,
		items: onePerTask(calls.map(callbackItemOf)),
	});
}

function callbackItemOf({
	json,
	parameters: { outcome, result, usage, retry, task },
}: ReportCall): CallbackItem {
	const error = readTaskError(json);
	const failed = outcome === 'failed' || (outcome === 'auto' && error !== null);
	const common = { task_id: task.task.id, usage };
	if (!failed) return { ...common, outcome: 'succeeded', result };
	return {
		...common,
		outcome: 'failed',
		error: error ?? { message: 'The workflow reported a failure.' },
		...(retry === undefined ? {} : { retry }),
	};
}

/** Several items may belong to one task: usage adds up, a failure outweighs a success, else the last result counts. */
function onePerTask(items: CallbackItem[]): CallbackItem[] {
	const byTask = new Map<string, CallbackItem>();
	for (const item of items) {
		const before = byTask.get(item.task_id);
		const winner = before?.outcome === 'failed' ? before : item;
		byTask.set(item.task_id, { ...winner, usage: [...(before?.usage ?? []), ...item.usage] });
	}
	return [...byTask.values()];
}
