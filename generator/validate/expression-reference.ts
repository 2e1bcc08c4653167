import { reachable } from '../graph';
import type { WorkflowJson } from '../workflow-json';
import { executionArcs } from './arcs';
import type { Rule } from './finding';
import { expressions } from './parameter-text';

/** `$('Name')`, `$node["Name"]` and `$items("Name")`. */
const REFERENCE = /\$(?:node\s*\[|items\s*\(|\()\s*(['"`])((?:\\.|(?!\1).)*)\1/g;

export const expressionReference: Rule = {
	code: 'GEN_EXPRESSION',
	scope: 'any',
	promise: 'Expressions name only nodes that exist and run earlier.',
	check: (workflow) =>
		workflow.nodes.flatMap((node) =>
			expressions(node).flatMap(({ path, text }) =>
				[...text.matchAll(REFERENCE)]
					.map((match) => (match[2] ?? '').replaceAll(/\\(.)/g, '$1'))
					.flatMap((name) => complain(workflow, node.name, path, name)),
			),
		),
};

function complain(workflow: WorkflowJson, user: string, path: string, name: string): string[] {
	if (!workflow.nodes.some((node) => node.name === name)) {
		return [`“${user}” (${path}) names “${name}”, which does not exist.`];
	}
	if (name !== user && reachable([name], executionArcs(workflow)).has(user)) return [];
	return [`“${user}” (${path}) names “${name}”, which does not run before it.`];
}
