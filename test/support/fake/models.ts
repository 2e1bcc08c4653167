import { InvalidInputError, type ModelPort, type RegisteredModel } from '../../../core';
import type { World } from './world';

/** Language models in memory: one enabled model a provider. */
export class FakeModels implements ModelPort {
	constructor(private readonly world: World) {}

	async list(): Promise<RegisteredModel[]> {
		return [...this.world.models].sort(
			(a, b) =>
				a.provider.localeCompare(b.provider) ||
				Number(b.enabled) - Number(a.enabled) ||
				a.model.localeCompare(b.model),
		);
	}

	async set({ actor: _, ...change }: Parameters<ModelPort['set']>[0]): Promise<RegisteredModel> {
		const ofProvider = this.world.models.filter((each) => each.provider === change.provider);
		const old = ofProvider.find((each) => each.enabled) ?? ofProvider.at(-1);
		if (!old) throw new InvalidInputError(`unknown provider "${change.provider}".`, 'Correct this value.');
		const target =
			change.model === undefined || change.model === old.model ? old : this.replace(old, change.model);
		const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
		return { ...Object.assign(target, given) };
	}

	/** Another model takes the enabled one's place and address, not its prices. */
	private replace(old: RegisteredModel, model: string): RegisteredModel {
		old.enabled = false;
		const known = this.world.models.find((each) => each.provider === old.provider && each.model === model);
		const next = known ?? { ...old, model, inputUsdPerMtok: null, outputUsdPerMtok: null };
		next.enabled = true;
		if (!known) this.world.models.push(next);
		return next;
	}
}
