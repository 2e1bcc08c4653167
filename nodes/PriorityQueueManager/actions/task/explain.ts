import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { noSuchTask, taskId } from '../../parameters';

/** Says what holds a task and when it can start at the earliest. */
export const explain = defineAction({
	parameters: z.object({ taskId }),
	async perform({ parameters, json }, { orchestrator }) {
		const { queue } = await orchestrator();
		const explanation = await queue.explain(parameters.taskId);
		if (explanation === null) throw noSuchTask(parameters.taskId);
		return { json: { ...json, explanation: toSafeJson(explanation) } };
	},
});
