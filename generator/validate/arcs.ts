import { STICKY_NOTE } from '../catalogue';
import type { Arc } from '../graph';
import type { NodeJson, WorkflowJson } from '../workflow-json';

/** Connections as pairs of names, dangling ones included. */
export function arcsOf(workflow: WorkflowJson): Arc[] {
	return Object.entries(workflow.connections).flatMap(([from, { main }]) =>
		main.flatMap((targets) => targets.map(({ node }) => ({ from, to: node }))),
	);
}

/** What runs: everything but sticky notes. */
export function workingNodes(workflow: WorkflowJson): NodeJson[] {
	return workflow.nodes.filter(({ type }) => type !== STICKY_NOTE);
}

export function stickyNotes(workflow: WorkflowJson): NodeJson[] {
	return workflow.nodes.filter(({ type }) => type === STICKY_NOTE);
}
