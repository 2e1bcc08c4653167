import {
	type FairKeyOverview,
	InvalidInputError,
	type Pause,
	type PauseAnswer,
	type QueuePort,
	type QueueTarget,
	UnknownWorkflowTypeError,
} from '../../../core';
import { namedActor } from './bounds';
import type { FakeKey, FakeType, World } from './world';

export function pause(
	world: World,
	target: QueueTarget,
	{ actor, reason }: { actor: string; reason: string },
): PauseAnswer {
	const by = namedActor(actor);
	const held = targetOf(world, target);
	if (held.pause) return { changed: false, pause: held.pause };
	held.pause = { at: world.now(), reason, by } satisfies Pause;
	return { changed: true, pause: held.pause };
}

export function resume(world: World, target: QueueTarget, { actor }: { actor: string }): PauseAnswer {
	namedActor(actor);
	const held = targetOf(world, target);
	const changed = held.pause !== null;
	held.pause = null;
	return { changed, pause: null };
}

/** Of a type: also of those of its keys that still have the type's weight. */
export function setWeight(
	world: World,
	target: QueueTarget,
	weight: number,
	{ actor }: { actor: string },
): number {
	namedActor(actor);
	if (!Number.isInteger(weight) || weight < 1 || weight > 1000)
		throw new InvalidInputError(
			`weight must be a whole number from 1 to 1000, got ${weight}.`,
			'Correct this value.',
		);
	const weighed = targetOf(world, target);
	const keys =
		'fairKey' in weighed
			? [weighed]
			: [...world.keys.values()].filter(
					(key) => key.workflowType === weighed.workflowType && key.weight === weighed.weight,
				);
	const changing = keys.filter((key) => key.weight !== weight);
	for (const key of changing) key.weight = weight;
	weighed.weight = weight;
	return changing.length;
}

export function keyOverviews(
	world: World,
	filter: NonNullable<Parameters<QueuePort['keys']>[0]>,
): FairKeyOverview[] {
	const { workflowType, paused } = filter;
	return [...world.keys.values()]
		.map((key) => keyOverview(world, key))
		.filter((key) => workflowType === undefined || key.workflowType === workflowType)
		.filter((key) => paused === undefined || (key.pause !== null || key.typePause !== null) === paused)
		.sort((a, b) => order(a.workflowType, b.workflowType) || order(a.fairKey, b.fairKey));
}

function keyOverview(world: World, key: FakeKey): FairKeyOverview {
	const queued = world
		.live(world.tasks)
		.filter((task) => task.state === 'queued' && task.fairKey === key.fairKey)
		.map((task) => task.eligibleAt.getTime());
	return {
		...key,
		queued: queued.length,
		oldestEligibleAt: queued.length > 0 ? new Date(Math.min(...queued)) : null,
		running: world.active().filter((each) => each.fairKey === key.fairKey).length,
		typePause: world.type(key.workflowType).pause,
	};
}

function targetOf(world: World, target: QueueTarget): FakeType | FakeKey {
	if ('fairKey' in target) {
		const key = world.keys.get(target.fairKey);
		if (key) return key;
		throw new InvalidInputError(
			`there is no fair key "${target.fairKey}"; a key is known from its first task on.`,
			'Correct this value.',
		);
	}
	const type = world.types.get(target.workflowType);
	if (type) return type;
	throw new UnknownWorkflowTypeError(
		`unknown workflow type "${target.workflowType}"; known: ${[...world.types.keys()].join(', ')}.`,
		'Use one of the known types.',
	);
}

function order(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}
