import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { targetOf, targetParameters } from '../../parameters';

/** Lifts a pause. The pause of a type and those of its keys are lifted one by one. */
export const resume = defineAction({
	parameters: z.object(targetParameters),
	async perform({ parameters, json }, { orchestrator, actor }) {
		const { target, title } = targetOf(parameters);
		const { queue } = await orchestrator();
		const { changed, pause } = await queue.resume(target, { actor });
		const message = changed ? `${title} is open again.` : `${title} was not paused.`;
		return { json: { ...json, resume: toSafeJson({ ...target, changed, pause, message }) } };
	},
});
