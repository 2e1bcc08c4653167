import { CATALOGUE } from '../catalogue';
import { reachable } from '../graph';
import { executionArcs, workingNodes } from './arcs';
import { triggerKind, TOOL_SERVER } from '../wrap/trigger-kinds';
import type { Rule } from './finding';

/** Triggers of other packages, by their name. */
const isStart = (type: string): boolean => triggerKind(type) !== undefined || type === TOOL_SERVER;

export const reachability: Rule = {
	code: 'GEN_REACHABLE',
	scope: 'any',
	promise: 'Every node can be reached from a trigger.',
	check: (workflow) => {
		const nodes = workingNodes(workflow);
		const triggers = nodes
			.filter(({ type }) => CATALOGUE.get(type)?.trigger === true || isStart(type))
			.map(({ name }) => name);
		const reached = reachable(triggers, executionArcs(workflow));
		return nodes
			.filter(({ name }) => !reached.has(name))
			.map(({ name }) => `“${name}” cannot be reached from any trigger.`);
	},
};
