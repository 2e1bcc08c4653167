import { isDisabled, downstream, mainEdges, usedOutputs } from './edges';
import type { ForeignNode, ForeignWorkflow } from './foreign-workflow';
import { answering, type Answering, isKnownPackage, triggerKind, type TriggerKind } from './trigger-kinds';

/** A node that can begin an execution. */
export interface Entry {
	node: ForeignNode;
	kind: TriggerKind;
	/** Nothing but its place says that it is a trigger. */
	assumed: boolean;
	answering: Answering;
	/** It leads somewhere. */
	works: boolean;
}

/**
 * Triggers by their type; of packages that we do not know also nodes whose name says so, and nodes that nothing leads to:
 * one lock too many costs a query, one too few breaks the promise. Disabled triggers never begin anything.
 */
export function findEntries(workflow: ForeignWorkflow): Entry[] {
	const led = new Set(mainEdges(workflow).map(({ target }) => target.node));
	return workflow.nodes
		.filter((node) => !isDisabled(node))
		.flatMap((node) => {
			const works = usedOutputs(workflow, node.name).length > 0;
			const named = triggerKind(node.type);
			const begins = works && !led.has(node.name);
			const assumed =
				named === undefined && begins && (!isKnownPackage(node.type) || SOUNDS_LIKE_A_START.test(node.type));
			const kind = named ?? (assumed ? 'unknown' : undefined);
			if (kind === undefined || isActionOf(kind, node, led)) return [];
			return [{ node, kind, assumed, works, answering: answering(kind, node, hasPages(workflow, node)) }];
		});
}

/** A node of n8n’s own that this table does not know yet. */
const SOUNDS_LIKE_A_START = /schedule|webhook|cron|interval$/i;

/** A community node “…webhook” that something leads to sends a request; it receives none. */
function isActionOf(kind: TriggerKind, { name, type }: ForeignNode, led: ReadonlySet<string>): boolean {
	return kind === 'unknown' && led.has(name) && !/trigger$/i.test(type);
}

/** n8n then answers the form at once and shows the pages of the waiting execution. */
function hasPages(workflow: ForeignWorkflow, trigger: ForeignNode): boolean {
	const behind = downstream(workflow, trigger.name);
	return workflow.nodes.some(
		(node) =>
			behind.has(node.name) &&
			!isDisabled(node) &&
			(node.type === 'n8n-nodes-base.form' ||
				(node.type === 'n8n-nodes-base.wait' && node.parameters?.resume === 'form')),
	);
}
