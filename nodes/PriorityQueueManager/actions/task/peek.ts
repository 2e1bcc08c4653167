import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { collection, limit, optionalText } from '../../parameters';

/** The next tasks in the order of the claim, each with its score. Takes nothing. */
export const peek = defineAction({
	parameters: z.object({
		limit: limit(100),
		filters: collection({ fairKey: optionalText, workflowType: optionalText }),
	}),
	async perform({ parameters }, { orchestrator }) {
		const { queue } = await orchestrator();
		const tasks = await queue.peek({ ...parameters.filters, limit: parameters.limit });
		return tasks.map((task) => ({ json: toSafeJson(task) }));
	},
});
