import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { reason, targetOf, targetParameters } from '../../parameters';

/** Nothing of it is claimed after this answer; what runs goes on. */
export const pause = defineAction({
	parameters: z.object({ ...targetParameters, reason }),
	async perform({ parameters, json }, { orchestrator, actor }) {
		const { target, title } = targetOf(parameters);
		const { queue } = await orchestrator();
		const { changed, pause: now } = await queue.pause(target, { actor, reason: parameters.reason });
		const message = changed
			? `${title} is paused: nothing of it is claimed until it is resumed.`
			: `${title} was paused before, by ${now?.by ?? 'somebody'}; that pause stays as it was.`;
		return { json: { ...json, pause: toSafeJson({ ...target, changed, pause: now, message }) } };
	},
});
