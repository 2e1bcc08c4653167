import type { ModelRef } from '../contract';
import type { ModelSnapshot } from './snapshot';

/** Share of a model's requests per minute already used; above 1 it is overdrawn. */
export function load(model: ModelSnapshot): number {
	return model.requestsLastMinute / model.requestsPerMinute;
}

/** Load of the model that has most room; 0 = none is registered, so none can be busy. */
export function leastLoad(models: readonly ModelSnapshot[]): number {
	return models.length === 0 ? 0 : Math.min(...models.map(load));
}

/**
 * Models for a claim, least loaded first. One at its limit is left out; when all are, the least loaded stays, because
 * an execution without a model could do nothing: it then meets the provider's own 429 and retries.
 */
export function rankModels(models: readonly ModelSnapshot[]): ModelRef[] {
	const ranked = [...models].sort((a, b) => load(a) - load(b) || a.provider.localeCompare(b.provider));
	const free = ranked.filter((model) => load(model) < 1);
	const chosen = free.length > 0 ? free : ranked.slice(0, 1);
	return chosen.map(({ provider, model, base_url }) => ({ provider, model, base_url }));
}

/** The first enabled model as an envelope names it; null = none is enabled. */
export function firstEnabled(
	models: ReadonlyArray<{ provider: ModelRef['provider']; model: string; baseUrl: string; enabled: boolean }>,
): ModelRef | null {
	const found = models.find(({ enabled }) => enabled);
	return found ? { provider: found.provider, model: found.model, base_url: found.baseUrl } : null;
}
