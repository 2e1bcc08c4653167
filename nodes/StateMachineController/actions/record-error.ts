import { z } from 'zod/v4';
import type { TaskError } from '../../../core';
import { defineAction } from '../../shared/action';

const MAX_MESSAGE_CHARS = 2000;

/** What n8n's Error Trigger emits; an error before any execution existed comes under `trigger`. */
const errorItem = z.object({
	execution: z
		.object({
			id: z.coerce.string(),
			error: z.object({ message: z.string().optional() }).optional(),
			lastNodeExecuted: z.string().optional(),
		})
		.optional(),
});

/** Tells the database that an n8n execution failed: its run goes to ERROR_RECOVERY, its tasks fail now. */
export const recordError = defineAction({
	parameters: z.object({}),
	async perform({ json }, { orchestrator }) {
		const { execution } = errorItem.parse(json);
		if (execution === undefined) {
			return { json: { ...json, recorded: { run: false, abandonedTasks: 0 } } };
		}
		const error = taskErrorOf(execution.error?.message, execution.lastNodeExecuted);
		const { runs, executions } = await orchestrator();
		const run = await runs.failByN8nExecution(execution.id, error);
		const abandonedTasks = await executions.abandonByN8nExecution(execution.id, error);
		return { json: { ...json, recorded: { run, abandonedTasks } } };
	},
});

function taskErrorOf(message: string | undefined, node: string | undefined): TaskError {
	const text = message?.trim() || 'The n8n execution failed without a message.';
	return {
		code: 'MO_WORKFLOW_FAILED',
		message: text.slice(0, MAX_MESSAGE_CHARS),
		...(node === undefined ? {} : { node }),
	};
}
