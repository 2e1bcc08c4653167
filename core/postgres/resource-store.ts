import { z } from 'zod/v4';
import { modelRef } from '../contract';
import type { ModelPort, RegisteredModel, ResourcePort } from '../orchestrator';
import type { Snapshot } from '../resources/snapshot';
import { type Gateway, instant } from './gateway';

const snapshot: z.ZodType<Snapshot> = z.object({
	at: instant,
	slots: z.object({ total: z.number(), free: z.number() }),
	queue: z.object({
		scheduled: z.number(),
		queued: z.number(),
		claimed: z.number(),
		running: z.number(),
		mode: z.enum(['normal', 'batch']),
	}),
	types: z.array(
		z.object({
			workflowType: z.string(),
			paused: z.boolean(),
			eligible: z.number(),
			heldByPausedKeys: z.boolean(),
			nextDueAt: instant.nullable(),
			topPriority: z.number().nullable(),
			oldestEligibleAt: instant.nullable(),
			running: z.number(),
			maxConcurrent: z.number(),
			batchSize: z.number(),
			batchMax: z.number(),
			limitSeconds: z.number(),
			recent: z.object({ tasks: z.number(), failed: z.number(), msPerTask: z.number().nullable() }),
			cadenceSeconds: z.number().nullable(),
			lastClaimedAt: instant.nullable(),
			hasEndpoint: z.boolean(),
		}),
	),
	models: z.array(modelRef.extend({ requestsPerMinute: z.number(), requestsLastMinute: z.number() })),
	connections: z.object({ used: z.number(), limit: z.number() }),
});

const registeredModel: z.ZodType<RegisteredModel> = z.object({
	provider: z.enum(['openai', 'gemini']),
	model: z.string(),
	baseUrl: z.string(),
	requestsPerMinute: z.number(),
	inputUsdPerMtok: z.number().nullable(),
	outputUsdPerMtok: z.number().nullable(),
	enabled: z.boolean(),
});

/** What a run looks at before it plans. */
export class ResourceStore implements ResourcePort {
	constructor(private readonly gateway: Gateway) {}

	async snapshot(): Promise<Snapshot> {
		return this.gateway.answer(snapshot, 'select orchestrator.check_resource_availability() as answer');
	}
}

/** Registered language models. */
export class ModelStore implements ModelPort {
	constructor(private readonly gateway: Gateway) {}

	async list(): Promise<RegisteredModel[]> {
		return this.gateway.answers(registeredModel, 'select orchestrator.list_models() as answer');
	}

	async set(change: Parameters<ModelPort['set']>[0]): Promise<RegisteredModel> {
		return this.gateway.answer(registeredModel, 'select orchestrator.set_model($1) as answer', [
			JSON.stringify(change),
		]);
	}
}
