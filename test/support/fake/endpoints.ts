import { type EndpointPort, UnknownWorkflowTypeError } from '../../../core';
import type { FakeEndpoint, World } from './world';

type Endpoint = Parameters<EndpointPort['register']>[0];
type Place = Omit<Endpoint, 'url'>;

/** Addresses in memory: one a place, the newest wins. */
export class FakeEndpoints implements EndpointPort {
	constructor(private readonly world: World) {}

	async register(endpoint: Endpoint): Promise<void> {
		const { workflowType } = endpoint;
		if (workflowType !== null && !this.world.types.has(workflowType))
			throw new UnknownWorkflowTypeError(
				`unknown workflow type "${workflowType}"; known: ${[...this.world.types.keys()].join(', ')}.`,
				'Use one of the known types.',
			);
		const others = this.world.endpoints.filter((each) => !isAt(each, endpoint));
		this.world.endpoints = [...others, { ...endpoint, disabled: false }];
	}

	/** Only this very address: another instance may have announced itself since. */
	async unregister(endpoint: Endpoint): Promise<void> {
		this.world.endpoints = this.world.endpoints.filter(
			(each) => !(isAt(each, endpoint) && each.url === endpoint.url),
		);
	}

	async find(place: Place): Promise<string | null> {
		return this.world.endpoints.find((each) => isAt(each, place) && !each.disabled)?.url ?? null;
	}

	async disable(url: string): Promise<void> {
		for (const each of this.world.endpoints) if (each.url === url) each.disabled = true;
	}
}

function isAt(each: FakeEndpoint, { deployment, kind, workflowType, test }: Place): boolean {
	return (
		each.deployment === deployment &&
		each.kind === kind &&
		each.workflowType === workflowType &&
		each.test === test
	);
}
