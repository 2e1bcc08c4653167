import { STICKY_NOTE } from '../catalogue';
import type { Arc } from '../graph';
import type { NodeJson, WorkflowJson } from '../workflow-json';

/** Connections as pairs of names, dangling ones included. */
export function arcsOf(workflow: WorkflowJson): Arc[] {
	return Object.entries(workflow.connections).flatMap(([from, { main }]) =>
		main.flatMap((targets) => targets.map(({ node }) => ({ from, to: node }))),
	);
}

/** How execution spreads: along main connections, and from a node to the sub-nodes (models, tools, …) that serve it. */
export function executionArcs(workflow: WorkflowJson): Arc[] {
	const serves = Object.entries(workflow.connections).flatMap(([from, ports]) =>
		Object.entries(ports)
			.filter(([kind]) => kind !== 'main')
			.flatMap(([, outputs]) => outputs.flat().map(({ node }) => ({ from: node, to: from }))),
	);
	return [...arcsOf(workflow), ...serves];
}

/** What runs: everything but sticky notes. */
export function workingNodes(workflow: WorkflowJson): NodeJson[] {
	return workflow.nodes.filter(({ type }) => type !== STICKY_NOTE);
}

export function stickyNotes(workflow: WorkflowJson): NodeJson[] {
	return workflow.nodes.filter(({ type }) => type === STICKY_NOTE);
}
