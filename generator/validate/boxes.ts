import { outputNames } from '../catalogue';
import { type Box, footprint, nodeHeight, NODE_SIZE } from '../geometry';
import type { NodeJson } from '../workflow-json';

/** The square of a node, without the text under it. */
export function nodeBox(node: NodeJson): Box {
	const [x, y] = node.position;
	return { x, y, width: NODE_SIZE, height: nodeHeight(outputNames(node).length) };
}

/** A node with its name and subtitle. */
export function labelledBox(node: NodeJson): Box {
	const [x, y] = node.position;
	return footprint({ x, y }, outputNames(node).length);
}

export function noteBox(note: NodeJson): Box {
	const [x, y] = note.position;
	return { x, y, width: Number(note.parameters.width), height: Number(note.parameters.height) };
}
