import {
	InvalidInputError,
	NUMBER_SETTINGS,
	type RegisteredType,
	TYPE_BOUNDS,
	type TypeChange,
	type TypePort,
	UnknownWorkflowTypeError,
} from '../../../core';
import { namedActor } from './bounds';
import { setWeight } from './gates';
import { newType } from './types';
import type { FakeType, World } from './world';

/** Workflow types and their settings in memory. */
export class FakeTypes implements TypePort {
	constructor(private readonly world: World) {}

	async list(): Promise<RegisteredType[]> {
		return [...this.world.types.values()]
			.map(registered)
			.sort((a, b) => (a.workflowType < b.workflowType ? -1 : 1));
	}

	async set(
		workflowType: string,
		change: TypeChange,
		{ actor, create = false }: Parameters<TypePort['set']>[2],
	): Promise<RegisteredType> {
		namedActor(actor);
		const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
		refuse(
			Object.keys(given).length === 0 && !create
				? `nothing says what to change of ${workflowType}`
				: changeFault(given),
		);
		const known = this.world.types.get(workflowType);
		if (!known && !create)
			throw new UnknownWorkflowTypeError(`unknown workflow type "${workflowType}".`, 'Use one of the known.');
		const next = { ...(known ?? newType(workflowType)), ...given };
		refuse(orderFault(next));
		const { weight, ...rest } = given;
		const type = Object.assign(known ?? newType(workflowType), rest);
		this.world.types.set(workflowType, type);
		if (typeof weight === 'number') setWeight(this.world, { workflowType }, weight, { actor });
		return registered(type);
	}
}

function registered(type: FakeType): RegisteredType {
	const { dispatchLeaseSeconds: _, workLeaseSeconds: __, ...settings } = type;
	return settings;
}

function changeFault(change: Record<string, unknown>): string | null {
	for (const [name, value] of Object.entries(change)) {
		if (name === 'title') continue;
		const setting = NUMBER_SETTINGS.find((each) => each === name);
		if (!setting) return `"${name}" is no setting of a type`;
		const { min, max, whole, nullable } = TYPE_BOUNDS[setting];
		if (value === null && nullable) continue;
		if (typeof value !== 'number' || value < min || value > max || (whole && !Number.isInteger(value)))
			return `${name} must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}${nullable ? ', or null for none' : ''}, got ${String(value)}`;
	}
	return null;
}

function orderFault({
	batchSize,
	batchMax,
	backoffBaseSeconds,
	backoffCeilingSeconds,
}: FakeType): string | null {
	if (batchSize > batchMax)
		return `batchSize must not be more than batchMax, got ${batchSize} and ${batchMax}`;
	if (backoffBaseSeconds > backoffCeilingSeconds)
		return `backoffBaseSeconds must not be more than backoffCeilingSeconds, got ${backoffBaseSeconds} and ${backoffCeilingSeconds}`;
	return null;
}

function refuse(fault: string | null): void {
	if (fault !== null) throw new InvalidInputError(`${fault}.`, 'Correct this value.');
}
