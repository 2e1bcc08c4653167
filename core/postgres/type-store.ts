import { z } from 'zod/v4';
import type { TypePort } from '../orchestrator';
import type { RegisteredType, TypeChange } from '../queue/type';
import type { Gateway } from './gateway';
import { pause } from './queue-rows';

const registeredType: z.ZodType<RegisteredType> = z.object({
	workflowType: z.string(),
	title: z.string(),
	weight: z.number(),
	maxConcurrent: z.number(),
	batchSize: z.number(),
	batchMax: z.number(),
	cadenceSeconds: z.number().nullable(),
	queueLimitSeconds: z.number().nullable(),
	limitSeconds: z.number(),
	maxAttempts: z.number(),
	backoffBaseSeconds: z.number(),
	backoffCeilingSeconds: z.number(),
	backoffJitterSeconds: z.number(),
	deliveryRetries: z.number(),
	deliveryBackoffSeconds: z.number(),
	deadLetterDays: z.number(),
	pause: pause.nullable(),
});

/** Registered workflow types and their settings. */
export class TypeStore implements TypePort {
	constructor(private readonly gateway: Gateway) {}

	async list(): Promise<RegisteredType[]> {
		return this.gateway.answers(registeredType, 'select orchestrator.list_types() as answer');
	}

	async set(
		workflowType: string,
		change: TypeChange,
		{ actor, create = false }: Parameters<TypePort['set']>[2],
	): Promise<RegisteredType> {
		const sql = 'select orchestrator.set_type($1, $2, $3, $4) as answer';
		return this.gateway.answer(registeredType, sql, [workflowType, JSON.stringify(change), actor, create]);
	}
}
