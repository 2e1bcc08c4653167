import { z } from 'zod/v4';
import { defineAction } from '../../shared/action';
import { taskErrorOf } from '../../shared/task-error';

/** What n8n's Error Trigger emits; an error before any execution existed comes under `trigger`. */
const errorItem = z.object({
	execution: z
		.object({
			id: z.coerce.string(),
			error: z.unknown(),
			lastNodeExecuted: z.string().optional(),
		})
		.optional(),
});

/**
 * Tells the database that an n8n execution failed: its run goes to ERROR_RECOVERY, its tasks fail now. Stack, node and its
 * parameters are kept without secrets; the database adds what else it knew at the time. n8n runs an error workflow in the
 * instance of the execution that failed.
 */
export const recordError = defineAction({
	parameters: z.object({}),
	async perform({ json }, { orchestrator, instanceId }) {
		const { execution } = errorItem.parse(json);
		if (execution === undefined) {
			return { json: { ...json, recorded: { run: false, abandonedTasks: 0 } } };
		}
		// n8n's error has a code of its own only where a library gave it one.
		const error = taskErrorOf(execution.error, {
			code: 'MO_WORKFLOW_FAILED',
			node: execution.lastNodeExecuted,
			otherwise: 'The n8n execution failed without a message.',
		});
		const { runs, executions } = await orchestrator();
		const run = await runs.failByN8nExecution(execution.id, error, instanceId);
		const abandonedTasks = await executions.abandonByN8nExecution(execution.id, error, instanceId);
		return { json: { ...json, recorded: { run, abandonedTasks } } };
	},
});
