/** Measures of n8n's canvas, in its own units (pixels at 100 %). */
export interface Point {
	x: number;
	y: number;
}

export interface Box extends Point {
	width: number;
	height: number;
}

/** n8n snaps to 16; every coordinate that we write is a multiple. */
export const GRID = 16;
/** Side of an ordinary node. */
export const NODE_SIZE = 96;
/** A node's name and subtitle stand under it in a box twice as wide as the node. */
export const LABEL_WIDTH = 2 * NODE_SIZE;
/** Two lines of the name and one of the subtitle. */
export const LABEL_HEIGHT = 64;
/** Longest name that fits into two lines under a node without an ellipsis. */
export const LONGEST_NAME = 24;

/** n8n makes a node 32 higher for every output beyond the second. */
export function nodeHeight(outputs: number): number {
	return NODE_SIZE + 2 * GRID * Math.max(0, outputs - 2);
}

/** The node with the text under it: what may not be covered by anything else. */
export function footprint(at: Point, outputs: number): Box {
	return {
		x: at.x - (LABEL_WIDTH - NODE_SIZE) / 2,
		y: at.y,
		width: LABEL_WIDTH,
		height: nodeHeight(outputs) + LABEL_HEIGHT,
	};
}

/** Shared area; boxes that only touch do not overlap. */
export function overlaps(a: Box, b: Box): boolean {
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function contains(outer: Box, inner: Box): boolean {
	return (
		inner.x >= outer.x &&
		inner.y >= outer.y &&
		inner.x + inner.width <= outer.x + outer.width &&
		inner.y + inner.height <= outer.y + outer.height
	);
}

export function snapUp(length: number): number {
	return Math.ceil(length / GRID) * GRID;
}
