import { z } from 'zod/v4';
import { type NumberSetting, TYPE_BOUNDS } from '../../../../core';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { collection, optionalText, text } from '../../parameters';

/** In the editor 0 stands for none, where none is a choice. */
const setting = (name: NumberSetting) => {
	const { min, max, whole, nullable } = TYPE_BOUNDS[name];
	const number = z.coerce
		.number()
		.min(nullable ? 0 : min)
		.max(max);
	const bounded = whole ? number.int() : number;
	return bounded.transform((value) => (nullable && value === 0 ? null : value)).optional();
};
/** Of a setting that is never none. */
const certain = (name: NumberSetting) => setting(name).transform((value) => value ?? undefined);

/** Changes what was added to the collection, leaves the rest. */
export const set = defineAction({
	parameters: z.object({
		workflowType: text('name a workflow type'),
		settings: collection({
			title: optionalText,
			weight: certain('weight'),
			maxConcurrent: certain('maxConcurrent'),
			batchSize: certain('batchSize'),
			batchMax: certain('batchMax'),
			cadenceSeconds: setting('cadenceSeconds'),
			queueLimitSeconds: setting('queueLimitSeconds'),
			limitSeconds: certain('limitSeconds'),
			maxAttempts: certain('maxAttempts'),
			backoffBaseSeconds: certain('backoffBaseSeconds'),
			backoffCeilingSeconds: certain('backoffCeilingSeconds'),
			backoffJitterSeconds: certain('backoffJitterSeconds'),
			deliveryRetries: certain('deliveryRetries'),
			deliveryBackoffSeconds: certain('deliveryBackoffSeconds'),
			deadLetterDays: certain('deadLetterDays'),
		}),
		create: z.boolean(),
	}),
	async perform({ parameters, json }, { orchestrator, actor }) {
		const { workflowType, settings, create } = parameters;
		const { types } = await orchestrator();
		const type = await types.set(workflowType, settings, { actor, create });
		return { json: { ...json, type: toSafeJson(type) } };
	},
});
