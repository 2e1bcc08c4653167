import type { Orchestrator } from '../core';
import type { ProviderName, Simulator } from './simulator';

/** How n8n reaches a provider. `enabled: false`: the orchestrator plans no task for it. */
export interface ProviderAccess {
	apiKey: string;
	baseUrl: string;
	enabled: boolean;
}
export type ModelAccess = Record<ProviderName, ProviderAccess>;
export type ModelKeys = Partial<Record<ProviderName, string>>;

const PROVIDERS: readonly ProviderName[] = ['openai', 'gemini'];
const REAL: Record<ProviderName, string> = {
	openai: 'https://api.openai.com/v1',
	gemini: 'https://generativelanguage.googleapis.com/v1beta',
};

/** Real providers as soon as one key is given; a provider without a key is then off, so that no text is made up. */
export function modelAccess(keys: ModelKeys, simulator: Simulator | null): ModelAccess {
	const access = (name: ProviderName): ProviderAccess =>
		simulator === null
			? { apiKey: keys[name] ?? '', baseUrl: REAL[name], enabled: keys[name] !== undefined }
			: { apiKey: 'simulator', baseUrl: simulator.baseUrl[name], enabled: true };
	return { openai: access('openai'), gemini: access('gemini') };
}

export const hasKey = (keys: ModelKeys): boolean => PROVIDERS.some((name) => keys[name] !== undefined);

export async function registerModels(orchestrator: Orchestrator, access: ModelAccess): Promise<void> {
	for (const provider of PROVIDERS) {
		const { baseUrl, enabled } = access[provider];
		await orchestrator.models.set({ provider, baseUrl, enabled });
	}
}
