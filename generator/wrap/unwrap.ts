import type { ForeignNode, ForeignPorts, ForeignTarget, ForeignWorkflow } from './foreign-workflow';
import { roleOf } from './inserted';
import { stepBack } from './place';
import type { Refusal } from './refusal';

export type UnwrapResult =
	| { outcome: 'unwrapped' | 'unchanged'; workflow: ForeignWorkflow; removed: string[] }
	| { outcome: 'refused'; refusals: Refusal[] };

/**
 * Takes out what wrap inserted and nothing else: edges into an inserted node go on to where it led. What the operator
 * changed elsewhere since then stays.
 */
export function unwrap(workflow: ForeignWorkflow): UnwrapResult {
	const inserted = new Map(
		workflow.nodes.filter((node) => roleOf(node) !== undefined).map((node) => [node.name, node]),
	);
	if (inserted.size === 0) return { outcome: 'unchanged', workflow, removed: [] };
	const refusals = [...inserted.values()].flatMap((node) => busyBranch(workflow, node, inserted));
	if (refusals.length > 0) return { outcome: 'refused', refusals };
	const connections = Object.entries(workflow.connections)
		.filter(([from]) => !inserted.has(from))
		.map(([from, ports]): [string, ForeignPorts] => [from, bypass(workflow, ports, inserted)]);
	return {
		outcome: 'unwrapped',
		workflow: {
			...workflow,
			nodes: workflow.nodes
				.filter(({ name }) => !inserted.has(name))
				.map((node) => takeBack(workflow, node, inserted)),
			connections: Object.fromEntries(connections),
		},
		removed: [...inserted.keys()],
	};
}

/** A trigger that stepped aside for its lock gets its place back, unless the operator moved one of them since. */
function takeBack(workflow: ForeignWorkflow, node: ForeignNode, inserted: Inserted): ForeignNode {
	const [position] = (workflow.connections[node.name]?.main ?? [])
		.flatMap((targets) => targets ?? [])
		.flatMap((target) => inserted.get(target.node) ?? [])
		.filter((lock) => roleOf(lock) === 'lock')
		.flatMap((lock) => [stepBack(node, lock)].filter((place) => place !== null));
	return position === undefined ? node : { ...node, position };
}

type Inserted = ReadonlyMap<string, ForeignNode>;

function bypass(workflow: ForeignWorkflow, ports: ForeignPorts, inserted: Inserted): ForeignPorts {
	const { main } = ports;
	if (main === undefined) return ports;
	return {
		...ports,
		main: main.map((targets) => targets?.flatMap((edge) => endsOf(workflow, edge, inserted, [])) ?? null),
	};
}

/** Where an edge leads without the inserted nodes. */
function endsOf(
	workflow: ForeignWorkflow,
	edge: ForeignTarget,
	inserted: Inserted,
	passed: readonly string[],
): ForeignTarget[] {
	const node = inserted.get(edge.node);
	if (node === undefined) return [edge];
	if (passed.includes(edge.node)) return [];
	const beyond = workflow.connections[edge.node]?.main?.[0] ?? [];
	// An Ensure before a node stands for it: the edge keeps its own fields. A lock carries its trigger’s own edges.
	const ends = roleOf(node) === 'before' ? beyond.map(({ node: name }) => ({ ...edge, node: name })) : beyond;
	return ends.flatMap((end) => endsOf(workflow, end, inserted, [...passed, edge.node]));
}

/** A branch that the operator hung on Busy would be left without a beginning. */
function busyBranch({ connections }: ForeignWorkflow, { name }: ForeignNode, inserted: Inserted): Refusal[] {
	const own = (connections[name]?.main?.slice(1) ?? [])
		.flatMap((targets) => targets ?? [])
		.find(({ node }) => !inserted.has(node));
	if (own === undefined) return [];
	return [
		{
			code: 'UNWRAP_BUSY_BRANCH',
			node: name,
			reason: `“${own.node}” stands on its Busy output; without the lock nothing would lead there.`,
			action: 'Disconnect that branch in the editor, then unwrap.',
		},
	];
}
