import { stableUuid } from '../ids';
import type { ForeignNode, ForeignPorts, ForeignTarget, ForeignWorkflow } from './foreign-workflow';

/**
 * A workflow in the making: nodes are only added at the end, connections only beside their source, so that the order of
 * everything else stays what it was.
 */
export interface Draft {
	workflow: ForeignWorkflow;
	/** Names that exist or that a dangling connection mentions. */
	names: Set<string>;
}

export function draftOf(workflow: ForeignWorkflow): Draft {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	for (const [from, ports] of Object.entries(workflow.connections)) {
		names.add(from);
		for (const { node } of Object.values(ports).flat(2).filter(isTarget)) names.add(node);
	}
	return { workflow, names };
}

const isTarget = (value: ForeignTarget | null): value is ForeignTarget => value !== null;

/** “Lock”, “Lock 2”, …; taken at once. */
export function takeName({ names }: Draft, wish: string): string {
	let name = wish;
	for (let count = 2; names.has(name); count++) name = `${wish} ${count}`;
	names.add(name);
	return name;
}

/** The same at every run: it depends on the workflow and on what the node is for. */
export function idFor({ workflow }: Draft, ...purpose: string[]): string {
	return stableUuid('wrap', String(workflow.id ?? workflow.name ?? ''), ...purpose);
}

export function addNode(draft: Draft, node: ForeignNode): Draft {
	return { ...draft, workflow: { ...draft.workflow, nodes: [...draft.workflow.nodes, node] } };
}

export function moveNode(draft: Draft, name: string, position: [number, number]): Draft {
	const nodes = draft.workflow.nodes.map((node) => (node.name === name ? { ...node, position } : node));
	return { ...draft, workflow: { ...draft.workflow, nodes } };
}

/** Replaces the targets of one main output. */
export function setTargets(draft: Draft, from: string, output: number, targets: ForeignTarget[]): Draft {
	return mapPorts(draft, (name, ports) => {
		if (name !== from) return ports;
		return { ...ports, main: (ports.main ?? []).map((old, index) => (index === output ? targets : old)) };
	});
}

export function mapPorts(draft: Draft, change: (from: string, ports: ForeignPorts) => ForeignPorts): Draft {
	const entries = Object.entries(draft.workflow.connections).map(([from, ports]): [string, ForeignPorts] => [
		from,
		change(from, ports),
	]);
	return withConnections(draft, entries);
}

/** Puts a source right behind another one: n8n lists the edges into a node in the order of their sources. */
export function addSourceBehind(draft: Draft, behind: string, name: string, ports: ForeignPorts): Draft {
	const entries = Object.entries(draft.workflow.connections).flatMap(
		(entry): Array<[string, ForeignPorts]> => (entry[0] === behind ? [entry, [name, ports]] : [entry]),
	);
	return withConnections(draft, entries);
}

function withConnections(draft: Draft, entries: Array<[string, ForeignPorts]>): Draft {
	return { ...draft, workflow: { ...draft.workflow, connections: Object.fromEntries(entries) } };
}

export const edgeTo = (node: string): ForeignTarget => ({ node, type: 'main', index: 0 });
