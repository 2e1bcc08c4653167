import { addNode, addSourceBehind, type Draft, edgeTo, idFor, mapPorts, setTargets, takeName } from './draft';
import { downstream, isLegacyOrder, mainEdges, usedOutputs } from './edges';
import { hasOutsideEffects } from './effects';
import type { ForeignNode, ForeignWorkflow } from './foreign-workflow';
import { findHazardsBehind } from './hazards';
import { ensureNode, type Lock, MUTEX, roleOf } from './inserted';
import { parkingOfNodes } from './parking';
import { placeBefore, placeBeside } from './place';
import type { Refusal, Warning } from './refusal';

/** Where the lock must be made sure of again, behind the triggers that take it. */
export interface EnsurePlan {
	/** A parked execution gives the lock back, so it takes it again when it goes on. */
	behind: ForeignNode[];
	/** With `--guard`: before everything that others can see. */
	before: ForeignNode[];
	refusals: Refusal[];
	warnings: Warning[];
}

/**
 * Behind a node that parks the lock is taken again, or the workflow is refused. Behind one that only may, because it calls
 * a workflow that is not among `others`, it is taken again where that changes nothing else; elsewhere a warning says so.
 */
export function planEnsures(
	workflow: ForeignWorkflow,
	triggers: readonly string[],
	{ guard, others }: { guard: boolean; others: readonly ForeignWorkflow[] },
): EnsurePlan {
	const led = new Set(triggers.flatMap((name) => [...downstream(workflow, name)]));
	const nodes = workflow.nodes.filter(({ name, type }) => led.has(name) && type !== MUTEX);
	const parkings = parkingOfNodes(workflow, others);
	const open = nodes
		.filter((node) => usedOutputs(workflow, node.name).length > 0 && !isEnsured(workflow, node))
		.map((node) => ({ node, parking: parkings.get(node.name) ?? 'never' }));
	const inTheWay = (node: ForeignNode) => [
		...severalOutputs(workflow, node),
		...findHazardsBehind(workflow, node),
	];
	const unseen = open.filter(({ parking }) => parking === 'perhaps').map(({ node }) => node);
	const branched = (node: ForeignNode) => isLegacyOrder(workflow) && legacyOrder(workflow, node).length > 0;
	const left = unseen.filter((node) => inTheWay(node).length > 0 || branched(node));
	const behind = open
		.filter(({ node, parking }) => parking !== 'never' && !left.includes(node))
		.map(({ node }) => node);
	const before = guard ? nodes.filter((node) => needsEnsure(workflow, node, triggers, behind)) : [];
	const touched = [...behind, ...before];
	return {
		behind,
		before,
		refusals: [
			...behind.flatMap(inTheWay),
			...before.flatMap((node) => severalInputs(workflow, node)),
			...(touched[0] && isLegacyOrder(workflow) ? legacyOrder(workflow, touched[0]) : []),
		],
		warnings: left.map(mayPark),
	};
}

/** Takes the lock again right behind a node that parks. */
export function ensureBehind(draft: Draft, node: ForeignNode, lock: Lock): Draft {
	return usedOutputs(draft.workflow, node.name).reduce((before, { output, targets }) => {
		const name = takeName(before, 'Lock Again');
		const place = {
			id: idFor(before, 'behind', node.name, String(output)),
			name,
			position: placeBeside(node, before.workflow.nodes),
		};
		const linked = setTargets(before, node.name, output, [edgeTo(name)]);
		return addNode(
			addSourceBehind(linked, node.name, name, { main: [targets] }),
			ensureNode(place, 'behind', lock),
		);
	}, draft);
}

/** Leads every edge into the node’s first input through one Ensure; the edges keep their other fields. */
export function ensureBefore(draft: Draft, node: ForeignNode, lock: Lock): Draft {
	const name = takeName(draft, 'Make Sure');
	const place = {
		id: idFor(draft, 'before', node.name),
		name,
		position: placeBefore(node, draft.workflow.nodes),
	};
	const led = mapPorts(draft, (_from, ports) =>
		ports.main === undefined
			? ports
			: {
					...ports,
					main: ports.main.map(
						(targets) =>
							targets?.map((target) => (target.node === node.name ? { ...target, node: name } : target)) ??
							targets,
					),
				},
	);
	const connections = { ...led.workflow.connections, [name]: { main: [[edgeTo(node.name)]] } };
	return addNode({ ...led, workflow: { ...led.workflow, connections } }, ensureNode(place, 'before', lock));
}

const mayPark = ({ name }: ForeignNode): Warning => ({
	code: 'WRAP_CHILD_MAY_PARK',
	node: name,
	message: `“${name}” calls a workflow that was not given with this one. If that one waits for somebody or for more than a minute, this one goes on behind it without the lock. Wrap both together to be sure.`,
});

function isEnsured(workflow: ForeignWorkflow, { name }: ForeignNode): boolean {
	const types = new Map(workflow.nodes.map((node) => [node.name, node]));
	return usedOutputs(workflow, name).every(({ targets }) =>
		targets.every(({ node }) => types.get(node)?.type === MUTEX),
	);
}

/** Not right behind a lock: there it is held already, and a retry would begin at the node itself anyway. */
function needsEnsure(
	workflow: ForeignWorkflow,
	node: ForeignNode,
	triggers: readonly string[],
	behind: readonly ForeignNode[],
): boolean {
	if (!hasOutsideEffects(node) || roleOf(node) !== undefined) return false;
	const locks = new Set([
		...triggers,
		...behind.map(({ name }) => name),
		...workflow.nodes.filter(({ type }) => type === MUTEX).map(({ name }) => name),
	]);
	return mainEdges(workflow).some(({ from, target }) => target.node === node.name && !locks.has(from));
}

function severalOutputs(workflow: ForeignWorkflow, node: ForeignNode): Refusal[] {
	const used = usedOutputs(workflow, node.name).length;
	if (used < 2) return [];
	return [
		{
			code: 'WRAP_OUTPUTS',
			node: node.name,
			reason: `The execution can park here, and ${used} outputs are connected; taking the lock again behind them could change the order of the branches.`,
			action: 'Handle the errors of this node in a node of its own behind it, or lock this workflow by hand.',
		},
	];
}

function severalInputs(workflow: ForeignWorkflow, node: ForeignNode): Refusal[] {
	const second = mainEdges(workflow).some(
		({ target }) => target.node === node.name && (target.index ?? 0) > 0,
	);
	if (!second) return [];
	return [
		{
			code: 'WRAP_GUARD_INPUT',
			node: node.name,
			reason: 'It has several inputs; a node before one of them would change what it waits for.',
			action: 'Wrap without --guard, or put a Merge node before this one.',
		},
	];
}

/** Order v0 takes turns between branches, so one more node in one of them can let another one overtake. */
function legacyOrder(workflow: ForeignWorkflow, touched: ForeignNode): Refusal[] {
	const branching = workflow.nodes.find((node) => branches(workflow, node));
	if (!branching) return [];
	return [
		{
			code: 'WRAP_LEGACY_ORDER',
			node: touched.name,
			reason: `The lock must be taken again at this node, and “${branching.name}” branches; in execution order v0 that can let one branch overtake the other.`,
			action: 'Set the execution order of this workflow to v1 (Settings), test it, then wrap it.',
		},
	];
}

/** Loop Over Items uses one output at a time. */
function branches(workflow: ForeignWorkflow, { name, type }: ForeignNode): boolean {
	const outputs = usedOutputs(workflow, name);
	const most = Math.max(0, ...outputs.map(({ targets }) => targets.length));
	return most > 1 || (outputs.length > 1 && type !== 'n8n-nodes-base.splitInBatches');
}
