import { CATALOGUE, outputNames } from '../catalogue';
import type { NodeJson, TargetJson, WorkflowJson } from '../workflow-json';
import type { Rule } from './finding';

export const connection: Rule = {
	code: 'GEN_CONNECTION',
	scope: 'any',
	promise: 'Both ends of every connection exist, and so do the ports of the node types that we know.',
	check: (workflow) =>
		Object.entries(workflow.connections).flatMap(([source, { main }]) => {
			const node = workflow.nodes.find(({ name }) => name === source);
			if (!node) return [`A connection starts at “${source}”, which does not exist.`];
			return main.flatMap((targets, output) => checkOutput(workflow, node, output, targets));
		}),
};

function checkOutput(
	workflow: WorkflowJson,
	node: NodeJson,
	output: number,
	targets: TargetJson[],
): string[] {
	const outputs = outputNames(node).length;
	if (CATALOGUE.has(node.type) && targets.length > 0 && output >= outputs) {
		return [`“${node.name}” is connected at output ${output}, but has ${outputs}.`];
	}
	return targets.flatMap((target) => {
		const end = workflow.nodes.find(({ name }) => name === target.node);
		if (!end) return [`“${node.name}” leads to “${target.node}”, which does not exist.`];
		const inputs = CATALOGUE.get(end.type)?.inputs ?? Infinity;
		if (target.index < inputs) return [];
		return [`“${node.name}” leads to input ${target.index} of “${target.node}”, which has ${inputs}.`];
	});
}
