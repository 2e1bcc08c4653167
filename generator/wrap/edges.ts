import type { ForeignNode, ForeignOutputs, ForeignTarget, ForeignWorkflow } from './foreign-workflow';

/** The main outputs of a node as they stand in the file. */
export function mainOutputs({ connections }: ForeignWorkflow, name: string): ForeignOutputs {
	return (Object.hasOwn(connections, name) ? connections[name]?.main : undefined) ?? [];
}

/** Outputs that lead somewhere, with their number. */
export function usedOutputs(
	workflow: ForeignWorkflow,
	name: string,
): Array<{ output: number; targets: ForeignTarget[] }> {
	return mainOutputs(workflow, name).flatMap((targets, output) =>
		targets && targets.length > 0 ? [{ output, targets }] : [],
	);
}

export interface MainEdge {
	from: string;
	output: number;
	target: ForeignTarget;
}

/** Every main edge, in the order of the file. */
export function mainEdges(workflow: ForeignWorkflow): MainEdge[] {
	return Object.keys(workflow.connections).flatMap((from) =>
		usedOutputs(workflow, from).flatMap(({ output, targets }) =>
			targets.map((target) => ({ from, output, target })),
		),
	);
}

/** Nodes that can be reached over main edges, in the order of discovery; the start only if a loop leads back. */
export function downstream(workflow: ForeignWorkflow, start: string): Set<string> {
	const seen = new Set<string>();
	const waiting = [start];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		const next = usedOutputs(workflow, name).flatMap(({ targets }) => targets.map(({ node }) => node));
		const fresh = next.filter((node) => !seen.has(node));
		for (const node of fresh) seen.add(node);
		waiting.push(...fresh);
	}
	return seen;
}

export function isDisabled({ disabled }: ForeignNode): boolean {
	return disabled === true;
}

/** n8n treats every setting but `v1` as the old order. */
export function isLegacyOrder({ settings }: ForeignWorkflow): boolean {
	return !(
		typeof settings === 'object' &&
		settings !== null &&
		'executionOrder' in settings &&
		settings.executionOrder === 'v1'
	);
}

/** Every text in a value, however deep. */
export function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap(textsIn);
}
