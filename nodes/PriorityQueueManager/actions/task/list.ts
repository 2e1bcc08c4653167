import { z } from 'zod/v4';
import { TASK_STATES } from '../../../../core';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { collection, executionId, limit, optionalText, taskId } from '../../parameters';

/** One item a task, the lowest ID first. */
export const list = defineAction({
	parameters: z.object({
		limit: limit(10_000),
		filters: collection({
			afterTaskId: taskId.optional(),
			fairKey: optionalText,
			parentExecutionId: executionId.optional(),
			parentTaskId: taskId.optional(),
			states: z.array(z.enum(TASK_STATES)).optional(),
			workflowType: optionalText,
		}),
	}),
	async perform({ parameters }, { orchestrator }) {
		const { queue } = await orchestrator();
		const tasks = await queue.list({ ...parameters.filters, limit: parameters.limit });
		return tasks.map((task) => ({ json: toSafeJson(task) }));
	},
});
