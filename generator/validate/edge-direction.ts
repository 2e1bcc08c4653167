import { NODE_SIZE } from '../geometry';
import { reachable } from '../graph';
import { arcsOf } from './arcs';
import type { Rule } from './finding';

export const edgeDirection: Rule = {
	code: 'GEN_LEFT_EDGE',
	scope: 'generated',
	promise: 'Every connection that is not part of a loop points right.',
	check: (workflow) => {
		const arcs = arcsOf(workflow);
		const left = new Map(workflow.nodes.map(({ name, position }) => [name, position[0]]));
		return arcs
			.filter(({ from, to }) => (left.get(to) ?? Infinity) < (left.get(from) ?? 0) + NODE_SIZE)
			.filter(({ from, to }) => !reachable([to], arcs).has(from))
			.map(({ from, to }) => `The connection from “${from}” to “${to}” points left.`);
	},
};
