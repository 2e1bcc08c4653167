import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { noSuchTask, taskId } from '../../parameters';

/** Everything that is known of one task: input, every error with what was decided, every change, its dead letter. */
export const inspect = defineAction({
	parameters: z.object({ taskId }),
	async perform({ parameters, json }, { orchestrator }) {
		const { queue } = await orchestrator();
		const inspection = await queue.inspect(parameters.taskId);
		if (inspection === null) throw noSuchTask(parameters.taskId);
		return { json: { ...json, inspection: toSafeJson(inspection) } };
	},
});
