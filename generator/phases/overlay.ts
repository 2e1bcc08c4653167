import type { EdgeDefinition, NodeDefinition, RegionDefinition, WorkflowDefinition } from '../definition';

/** One change that a phase makes to a base workflow. */
export interface AddOperation {
	workflow: string;
	add: { regions?: RegionDefinition[]; nodes?: NodeDefinition[]; edges?: EdgeDefinition[] };
}

/** Applies a phase's list in order; a key that is unknown, or there twice, is a fault of the list and throws. */
export function applyOverlay(
	workflows: WorkflowDefinition[],
	operations: AddOperation[],
): WorkflowDefinition[] {
	const byKey = new Map(workflows.map((workflow) => [workflow.key, workflow]));
	for (const operation of operations) {
		const workflow = byKey.get(operation.workflow);
		if (!workflow) throw new Error(`The phase adds to an unknown workflow “${operation.workflow}”.`);
		byKey.set(workflow.key, addTo(workflow, operation.add));
	}
	return [...byKey.values()];
}

function addTo(
	workflow: WorkflowDefinition,
	{ regions = [], nodes = [], edges = [] }: AddOperation['add'],
): WorkflowDefinition {
	const all = {
		...workflow,
		regions: [...workflow.regions, ...regions],
		nodes: [...workflow.nodes, ...nodes],
		edges: [...workflow.edges, ...edges],
	};
	const regionKeys = distinct(workflow.key, 'region', all.regions);
	const nodeKeys = distinct(workflow.key, 'node', all.nodes);
	for (const node of nodes) known(workflow.key, 'region', regionKeys, node.region);
	for (const edge of edges) {
		known(workflow.key, 'node', nodeKeys, edge.from);
		known(workflow.key, 'node', nodeKeys, edge.to);
	}
	return all;
}

function distinct(workflow: string, kind: string, parts: Array<{ key: string }>): Set<string> {
	const keys = new Set<string>();
	for (const { key } of parts) {
		if (keys.has(key)) throw new Error(`${workflow}: the ${kind} “${key}” is there twice.`);
		keys.add(key);
	}
	return keys;
}

function known(workflow: string, kind: string, keys: Set<string>, key: string): void {
	if (!keys.has(key)) throw new Error(`${workflow}: there is no ${kind} “${key}”.`);
}
