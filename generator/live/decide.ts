import { isDeepStrictEqual } from 'node:util';
import type { LiveWorkflow } from '../n8n-api/live-workflow';
import type { Content } from '../n8n-api/n8n-api';
import { type Change, type ForeignWorkflow, readWorkflows, type Refusal } from '../wrap';

/** What is to be done to one workflow of an n8n. `save` null: the draft is right already. */
export type LiveDecision<Report> =
	| { outcome: 'refused'; workflow: LiveWorkflow; refusals: Refusal[] }
	| { outcome: 'unchanged'; workflow: LiveWorkflow; result: ForeignWorkflow; report: Report }
	| {
			outcome: 'changed';
			workflow: LiveWorkflow;
			result: ForeignWorkflow;
			report: Report;
			save: Content | null;
			publish: boolean;
	  };

/** What the instance adds to the rules for files. */
export interface Circumstances {
	/** Puts the instance’s credential into inserted nodes; the same object = there was nothing to bind. */
	bind: (workflow: ForeignWorkflow) => ForeignWorkflow;
	/** Fields of a node that the API takes; empty = unknown. */
	nodeFields: ReadonlySet<string>;
}

/**
 * Looks at both versions of a workflow, the one that runs and the draft. They must become the same, and nothing may be
 * published that its author has not published, except what an interrupted run of ours left behind.
 */
export function decideLive<Report>(
	workflow: LiveWorkflow,
	change: Change<Report>,
	circumstances: Circumstances,
): LiveDecision<Report> {
	const { draft, published } = workflow;
	const read = readWorkflows(JSON.stringify(draft));
	if (!read.ok) return { outcome: 'refused', workflow, refusals: [read.refusal] };
	const changed = (version: ForeignWorkflow) => apply(version, change, circumstances);
	const after = changed(draft);
	const running = published === null || published === draft ? after : changed(published);
	if ('refused' in running) return { outcome: 'refused', workflow, refusals: running.refused };
	if ('refused' in after) return { outcome: 'refused', workflow, refusals: after.refused };
	const { result, report } = running;
	if (!after.changed && !running.changed) return { outcome: 'unchanged', workflow, result, report };
	const told = { outcome: 'changed', workflow, result, report } as const;
	const hindrances = findHindrances(workflow, circumstances);
	if (hindrances.length > 0) return { outcome: 'refused', workflow, refusals: hindrances };
	if (published === null || isSameContent(draft, published)) {
		return { ...told, save: after.result, publish: published !== null };
	}
	if (holds(draft, running.result)) return { ...told, save: null, publish: true };
	if (holds(published, after.result)) {
		return { ...told, report: after.report, save: after.result, publish: true };
	}
	return { outcome: 'refused', workflow, refusals: [unpublishedEdits] };
}

type Applied<Report> = { result: ForeignWorkflow; report: Report; changed: boolean } | { refused: Refusal[] };

function apply<Report>(
	version: ForeignWorkflow,
	change: Change<Report>,
	{ bind }: Circumstances,
): Applied<Report> {
	const one = change(version);
	if ('refusals' in one) return { refused: one.refusals };
	const result = bind(one.workflow);
	return { result, report: one.report, changed: one.changed || result !== one.workflow };
}

/** A draft that was put back is another version with the same content. */
export const isSameContent = (a: Content, b: Content): boolean =>
	isDeepStrictEqual([a.nodes, a.connections], [b.nodes, b.connections]);

/** True when `version` has all that `wanted` has; n8n adds fields of its own to nodes when it saves them. */
export function holds(version: Content, wanted: Content): boolean {
	return (
		version.nodes.length === wanted.nodes.length &&
		isDeepStrictEqual(version.connections, wanted.connections) &&
		differingNodes(version, wanted).length === 0
	);
}

/** Nodes in which a field of `wanted` is missing or another, with the fields. */
export function differingNodes(version: Content, wanted: Content): Array<{ node: string; fields: string[] }> {
	const stored = new Map(version.nodes.map((node) => [node.name, node]));
	return wanted.nodes.flatMap((node) => {
		const there = stored.get(node.name);
		const fields = Object.keys(node).filter((field) => !isDeepStrictEqual(there?.[field], node[field]));
		return fields.length === 0 ? [] : [{ node: node.name, fields }];
	});
}

const unpublishedEdits: Refusal = {
	code: 'LIVE_UNPUBLISHED_EDITS',
	reason:
		'Its draft differs from the version that runs; publishing it would publish somebody’s unfinished edits.',
	action: 'Publish the draft in the editor, or restore the published version there, then run this again.',
};

/** Triggers whose address has the workflow’s id in it until they get a webhookId of their own; saving gives them one. */
const ADDRESSED = new Set([
	'n8n-nodes-base.webhook',
	'n8n-nodes-base.formTrigger',
	'@n8n/n8n-nodes-langchain.chatTrigger',
	'@n8n/n8n-nodes-langchain.mcpTrigger',
]);

/** What the API would not take, or would take and change. */
function findHindrances({ draft, isArchived }: LiveWorkflow, { nodeFields }: Circumstances): Refusal[] {
	if (isArchived) {
		return [
			{
				code: 'LIVE_ARCHIVED',
				reason: 'It is archived, and n8n changes no archived workflow.',
				action: 'Restore it from the archive in the editor first; or leave it: it does not run.',
			},
		];
	}
	const found: Refusal[] = [];
	for (const node of draft.nodes) {
		const unknown = Object.keys(node).filter((field) => nodeFields.size > 0 && !nodeFields.has(field));
		if (unknown.length > 0) {
			found.push({
				code: 'LIVE_NODE_FIELD',
				node: node.name,
				reason: `n8n’s API takes no workflow whose node has the field ${unknown.map((field) => `“${field}”`).join(', ')}; without it something would be lost.`,
				action:
					'Save the workflow once in the editor; if the field stays, wrap an export of it and import that.',
			});
		}
		if (ADDRESSED.has(node.type) && typeof node.webhookId !== 'string') {
			found.push({
				code: 'LIVE_WEBHOOK_ID',
				node: node.name,
				reason:
					'It has no webhookId. n8n gives it one when the workflow is saved, and its address would change.',
				action:
					'Save and publish the workflow once in the editor, tell its callers the address, then run this again.',
			});
		}
	}
	return found;
}
