import { STICKY_NOTE } from '../catalogue';
import { GRID, NODE_SIZE, overlaps } from '../geometry';
import type { ForeignNode } from './foreign-workflow';
import { positionOf } from './inserted';

/** Offsets from the trigger, best first: on the way to the next node, then under and over that way. */
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
	const taken = nodes.filter(({ type }) => type !== STICKY_NOTE).map((node) => boxAt(positionOf(node)));
	const free = OFFSETS.map(([dx, dy]): [number, number] => [x + dx, y + dy]).find(
		(at) => !taken.some((box) => overlaps(box, boxAt(at))),
	);
	return free ?? [x + GRID, y + NODE_SIZE];
}

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
