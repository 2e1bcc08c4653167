import type { Entry } from './entries';
import { isLegacyOrder, mainEdges, textsIn, usedOutputs } from './edges';
import type { ForeignNode, ForeignWorkflow } from './foreign-workflow';
import type { Refusal } from './refusal';

/** What would behave differently with a node between this trigger and the next ones; empty = nothing we know of. */
export function findHazards(workflow: ForeignWorkflow, { node }: Entry): Refusal[] {
	return [
		...severalOutputs(workflow, node),
		...executeOnce(workflow, node),
		...previousNode(workflow, node),
		...keyOrder(workflow, node),
		...legacyInput(workflow, node),
	];
}

/** The same for a node in the middle of the workflow behind which the lock is taken again. */
export function findHazardsBehind(workflow: ForeignWorkflow, node: ForeignNode): Refusal[] {
	return [...executeOnce(workflow, node), ...previousNode(workflow, node), ...keyOrder(workflow, node)];
}

const BY_HAND = 'Put a Workflow Mutex node into this workflow by hand, or wrap the workflow that calls it.';

/** Of a Webhook with several methods only one output carries the request; any other node may use several at once. */
function severalOutputs(workflow: ForeignWorkflow, trigger: ForeignNode): Refusal[] {
	const used = usedOutputs(workflow, trigger.name).length;
	const exclusive = trigger.type === 'n8n-nodes-base.webhook' && trigger.onError !== 'continueErrorOutput';
	if (used < 2 || (exclusive && !waitsForOthers(workflow))) return [];
	return [
		{
			code: 'WRAP_OUTPUTS',
			node: trigger.name,
			reason: `${used} outputs of this trigger are connected; locks behind them could change the order of the branches.`,
			action: BY_HAND,
		},
	];
}

/** Order v0 looks at all outputs of a node when a later one waits at a second input. */
function waitsForOthers(workflow: ForeignWorkflow): boolean {
	return isLegacyOrder(workflow) && mainEdges(workflow).some(({ target }) => (target.index ?? 0) > 0);
}

/** `$items()` without a name gives one item when the node before has this setting. */
function executeOnce(workflow: ForeignWorkflow, trigger: ForeignNode): Refusal[] {
	const asks = nextNodes(workflow, trigger).some(({ parameters }) =>
		textsIn(parameters).some((text) => /[$_]items\s*\(/.test(text)),
	);
	if (trigger.executeOnce !== true || !asks) return [];
	return [
		{
			code: 'WRAP_EXECUTE_ONCE',
			node: trigger.name,
			reason: 'It has “Execute Once” on, and the next node asks for $items(), which depends on it.',
			action: 'Switch “Execute Once” off here; it belongs on the node behind it.',
		},
	];
}

/** Asks for the node that ran before: that would be the lock. */
const PREVIOUS_NODE = /[$_]prevNode\b|[$_]input\s*(?:\?\.|\.)\s*(?:params|context)\b/;

function previousNode(workflow: ForeignWorkflow, trigger: ForeignNode): Refusal[] {
	return nextNodes(workflow, trigger)
		.filter(({ parameters }) => textsIn(parameters).some((text) => PREVIOUS_NODE.test(text)))
		.map(({ name }) => ({
			code: 'WRAP_PREVIOUS_NODE',
			node: name,
			reason:
				'It asks for the node before it ($prevNode, $input.params or $input.context), and that would be the lock.',
			action: `Name the node instead, for example $('${trigger.name}').`,
		}));
}

/** Those that would get their items from the lock, with the sub-nodes that serve them. */
function nextNodes(workflow: ForeignWorkflow, trigger: ForeignNode): ForeignNode[] {
	const next = new Set(
		usedOutputs(workflow, trigger.name).flatMap(({ targets }) => targets.map(({ node }) => node)),
	);
	const suppliers = suppliersOf(workflow, next);
	return workflow.nodes.filter(({ name }) => next.has(name) || suppliers.has(name));
}

/** Sub-nodes (models, tools, memories) evaluate their expressions with the items of the node they serve. */
function suppliersOf({ connections }: ForeignWorkflow, served: ReadonlySet<string>): Set<string> {
	const found = new Set<string>();
	const waiting = [...served];
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		for (const [from, ports] of Object.entries(connections)) {
			const serves = Object.entries(ports).some(
				([kind, outputs]) =>
					kind !== 'main' && outputs.some((targets) => targets?.some(({ node }) => node === name)),
			);
			if (!serves || found.has(from)) continue;
			found.add(from);
			waiting.push(from);
		}
	}
	return found;
}

/** JavaScript puts such keys in front of all others, so a lock could not take its trigger’s place among the sources. */
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,9})$/;

function keyOrder({ connections }: ForeignWorkflow, source: ForeignNode): Refusal[] {
	if (!WHOLE_NUMBER.test(source.name)) return [];
	if (Object.keys(connections).filter((name) => WHOLE_NUMBER.test(name)).length < 2) return [];
	return [
		{
			code: 'WRAP_KEY_ORDER',
			node: source.name,
			reason:
				'Nodes are named by whole numbers, which changes the order of the connections around a new node.',
			action: 'Give this node a name with a letter in it.',
		},
	];
}

/** In order v0 n8n runs a node at its second input even for an output without items: also when the lock is busy. */
function legacyInput(workflow: ForeignWorkflow, trigger: ForeignNode): Refusal[] {
	if (!isLegacyOrder(workflow)) return [];
	return mainEdges(workflow)
		.filter(({ from, target }) => from === trigger.name && (target.index ?? 0) > 0)
		.slice(0, 1)
		.map(({ target }) => ({
			code: 'WRAP_LEGACY_INPUT',
			node: target.node,
			reason:
				'This trigger leads to its second input, and execution order v0 runs such a node even when the lock lets nothing through.',
			action: 'Put a No Operation node between the two, or set the execution order to v1.',
		}));
}
