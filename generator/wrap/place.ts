import { STICKY_NOTE } from '../catalogue';
import { type Box, footprint, GRID, NODE_SIZE, overlaps } from '../geometry';
import type { ForeignNode } from './foreign-workflow';
import { positionOf } from './inserted';

/** How far a trigger steps to the left, so that its lock stands where it stood. No other offset here may be the same. */
const ASIDE = 14 * GRID;

/** Offsets that leave room for names, best first: on the way to the next node, then half under and over it. */
const ROOMY: ReadonlyArray<readonly [x: number, y: number]> = [
	[208, 0],
	[112, 176],
	[112, -176],
	[0, 176],
	[224, 176],
	[224, -176],
	[0, -176],
	[112, 352],
	[112, -352],
];

/** Offsets where there is no such room, for the node alone. */
const OFFSETS: ReadonlyArray<readonly [x: number, y: number]> = [
	[112, 0],
	[128, 128],
	[128, -128],
	[64, 128],
	[0, 128],
	[0, -128],
	[128, 256],
	[128, -256],
	[0, 256],
];

/** A free place beside a node; nothing that stands there already is moved. */
export function placeBeside(beside: ForeignNode, nodes: readonly ForeignNode[]): [number, number] {
	const [x, y] = positionOf(beside);
	const first = (offsets: typeof OFFSETS, boxOf: typeof boxAt): [number, number] | undefined =>
		offsets
			.map(([dx, dy]): [number, number] => [x + dx, y + dy])
			.find((at) => isFree(boxOf(at), nodes, boxOf));
	return first(ROOMY, namedBoxAt) ?? first(OFFSETS, boxAt) ?? [x + GRID, y + NODE_SIZE];
}

/**
 * Where a trigger goes when its lock takes its place: nothing else moves, and `stepBack` finds the way from the two
 * positions alone. Null: it has no usable position, or somebody stands there.
 */
export function stepAside(trigger: ForeignNode, nodes: readonly ForeignNode[]): [number, number] | null {
	if (!isPlace(trigger.position)) return null;
	const [x, y] = trigger.position;
	const at: [number, number] = [x - ASIDE, y];
	const others = nodes.filter(({ name }) => name !== trigger.name);
	return isFree(namedBoxAt(at), others, namedBoxAt) ? at : null;
}

/** The place that a trigger left to its lock; null when one of them was moved since, or it never stepped aside. */
export function stepBack(trigger: ForeignNode, lock: ForeignNode): [number, number] | null {
	if (!isPlace(trigger.position) || !isPlace(lock.position)) return null;
	const [x, y] = lock.position;
	return trigger.position[0] === x - ASIDE && trigger.position[1] === y ? [x, y] : null;
}

const isPlace = (position: unknown): position is [number, number] =>
	Array.isArray(position) && position.length === 2 && position.every((value) => Number.isSafeInteger(value));

const isFree = (box: Box, nodes: readonly ForeignNode[], boxOf: typeof boxAt): boolean =>
	!nodes.some((node) => node.type !== STICKY_NOTE && overlaps(box, boxOf(positionOf(node))));

/** With the name under it. */
const namedBoxAt = ([x, y]: readonly [number, number]): Box => footprint({ x, y }, 2);

const boxAt = ([x, y]: readonly [number, number]) => ({ x, y, width: NODE_SIZE, height: NODE_SIZE });

/**
 * Left of a node, at its height, with nobody between: n8n’s order v1 runs branches from the top, then from the left, so a
 * node that takes another’s turn must stand in the same place of that order.
 */
export function placeBefore(node: ForeignNode, nodes: readonly ForeignNode[]): [number, number] {
	const [x, y] = positionOf(node);
	const row = nodes.filter((other) => other !== node && positionOf(other)[1] === y);
	const free = (distance: number): boolean =>
		!row.some((other) => positionOf(other)[0] >= x - distance && positionOf(other)[0] <= x);
	return [x - ([112, 96, 64, 32, 16, 1].find(free) ?? 0), y];
}
