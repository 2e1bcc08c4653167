import { CATALOGUE } from '../catalogue';
import { reachable } from '../graph';
import { arcsOf, workingNodes } from './arcs';
import type { Rule } from './finding';

export const reachability: Rule = {
	code: 'GEN_REACHABLE',
	promise: 'Every node can be reached from a trigger.',
	check: (workflow) => {
		const nodes = workingNodes(workflow);
		const triggers = nodes
			.filter(({ type }) => CATALOGUE.get(type)?.trigger === true)
			.map(({ name }) => name);
		const reached = reachable(triggers, arcsOf(workflow));
		return nodes
			.filter(({ name }) => !reached.has(name))
			.map(({ name }) => `“${name}” cannot be reached from any trigger.`);
	},
};
