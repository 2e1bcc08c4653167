import type { NodeParameters } from '../definition';
import type { NodeJson, TargetJson, WorkflowJson } from '../workflow-json';
import type { ForeignNode, ForeignOutputs, ForeignPorts, ForeignWorkflow } from '../wrap/foreign-workflow';
import { positionOf } from '../wrap/inserted';

/** Connections of every kind, as the rules read them. */
type AnyConnections = Record<string, { main: TargetJson[][] } & Record<string, TargetJson[][]>>;

/**
 * Decodes somebody else’s workflow into the form that the rules read: what n8n fills in when it is missing is filled in,
 * every other field stays.
 */
export function forRules(workflow: ForeignWorkflow): WorkflowJson {
	const connections: AnyConnections = Object.fromEntries(
		Object.entries(workflow.connections).map(([from, ports]) => [from, portsOf(ports)]),
	);
	return { ...workflow, nodes: workflow.nodes.map(nodeOf), connections } as WorkflowJson;
}

function nodeOf(node: ForeignNode): NodeJson {
	return {
		...node,
		parameters: (node.parameters ?? {}) as NodeParameters,
		id: typeof node.id === 'string' ? node.id : '',
		typeVersion: Number(node.typeVersion ?? 1),
		position: positionOf(node),
	} as NodeJson;
}

function portsOf({ main = [], ...others }: ForeignPorts): AnyConnections[string] {
	const rest = Object.entries(others).map(([kind, outputs]): [string, TargetJson[][]] => [
		kind,
		targetsOf(outputs),
	]);
	return { ...Object.fromEntries(rest), main: targetsOf(main) };
}

const targetsOf = (outputs: ForeignOutputs): TargetJson[][] =>
	outputs.map((targets) =>
		(targets ?? []).map(({ node, index = 0 }) => ({ node, type: 'main' as const, index })),
	);
