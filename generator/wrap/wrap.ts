import { type BusyChoice, type BusyDecision, decideBusy, wouldDrop } from './busy-policy';
import {
	addNode,
	addSourceBehind,
	type Draft,
	draftOf,
	edgeTo,
	idFor,
	moveNode,
	setTargets,
	takeName,
} from './draft';
import { usedOutputs } from './edges';
import { ensureBefore, ensureBehind, planEnsures } from './ensures';
import { type Entry, findEntries } from './entries';
import type { ForeignTarget, ForeignWorkflow } from './foreign-workflow';
import { findHazards } from './hazards';
import {
	acquireNode,
	busyPage,
	busyResponse,
	guardedNote,
	limitNote,
	type Lock,
	positionOf,
	roleOf,
} from './inserted';
import { legacyMerge } from './legacy-merge';
import { decideLockName } from './lock-name';
import { placeBeside, stepAside } from './place';
import type { Refusal, Warning } from './refusal';
import { findFaults, findWarnings } from './soundness';
import { findContradictions, isLocked } from './standing-locks';
import type { TriggerKind } from './trigger-kinds';

export interface WrapOptions {
	/** Default: the workflow’s name. */
	lock?: string;
	onBusy?: BusyChoice;
	/** Longest wait of the nodes that wait; default: the node’s own. */
	maxWaitSeconds?: number;
	guard?: boolean;
	/** Workflows that belong together with this one: whether a called one can park is looked up here. */
	others?: readonly ForeignWorkflow[];
}

export type WrapResult =
	| { outcome: 'wrapped' | 'unchanged'; workflow: ForeignWorkflow; report: WrapReport }
	| { outcome: 'refused'; refusals: Refusal[] };

export interface WrapReport {
	/** The lock that all triggers share; undefined when no trigger needs one. */
	lock?: string;
	/** As asked for. */
	maxWaitSeconds?: number;
	triggers: TriggerReport[];
	/** Names of the nodes that take the lock again. */
	ensures: string[];
	warnings: Warning[];
}

export interface TriggerReport {
	node: string;
	kind: TriggerKind;
	/** `called`: it runs under its caller’s lock; `idle`: it leads nowhere. */
	outcome: 'locked' | 'locked already' | 'called' | 'idle';
	busy?: BusyDecision;
}

type Decided = Entry & { busy: Exclude<BusyDecision, 'none' | 'drops'> };

/**
 * Puts an acquire behind every trigger that does work. Nothing else of the workflow changes, and `unwrap` gives it back
 * exactly. What cannot be kept is refused with the node and the reason. Wrapping again changes nothing; asking a lock that
 * stands for something else is refused too.
 */
export function wrap(workflow: ForeignWorkflow, options: WrapOptions = {}): WrapResult {
	const entries = findEntries(workflow);
	const triggers = entries.map((entry) => reportOn(workflow, entry, options));
	const open = entries.flatMap((entry, index) => {
		const { outcome, busy } = triggers[index] ?? {};
		return outcome === 'locked' && busy !== undefined ? [{ ...entry, busy }] : [];
	});
	const standing = entries.filter((_entry, index) => triggers[index]?.outcome === 'locked already');
	const held = triggers.filter(({ outcome }) => outcome.startsWith('locked')).map(({ node }) => node);
	const soundness = findWarnings(workflow, entries);
	if (held.length === 0) {
		const refusals = findFaults(workflow);
		if (refusals.length > 0) return { outcome: 'refused', refusals };
		return { outcome: 'unchanged', workflow, report: { triggers, ensures: [], warnings: soundness } };
	}
	const name = decideLockName(workflow, options.lock);
	const { guard = false, others = [] } = options;
	const plan = planEnsures(workflow, held, { guard, others });
	const warnings = [...soundness, ...plan.warnings];
	const refusals = [
		...findFaults(workflow),
		...name.refusals,
		...findContradictions(workflow, standing, options),
		...open.flatMap((entry) => [
			...findHazards(workflow, entry),
			...(entry.busy === 'drops' ? [wouldDrop(entry.node.name)] : []),
		]),
		...(open.length > 0 ? legacyMerge(workflow) : []),
		...plan.refusals,
	];
	if (refusals.length > 0) return { outcome: 'refused', refusals };
	const { maxWaitSeconds } = options;
	const lock: Lock = { name: name.lock, maxWaitSeconds };
	let draft = draftOf(workflow);
	const before = draft;
	for (const entry of open.filter(isDecided)) draft = addLock(draft, entry, lock);
	for (const node of plan.behind) draft = ensureBehind(draft, node, lock);
	for (const node of plan.before) draft = ensureBefore(draft, node, lock);
	draft = withNote(draft, guard, draft !== before);
	if (draft === before) {
		return { outcome: 'unchanged', workflow, report: { lock: lock.name, triggers, ensures: [], warnings } };
	}
	const ensures = [...plan.behind, ...plan.before].map((node) => node.name);
	const report = { lock: lock.name, maxWaitSeconds, triggers, ensures, warnings };
	return { outcome: 'wrapped', workflow: draft.workflow, report };
}

function reportOn(workflow: ForeignWorkflow, entry: Entry, { onBusy = {} }: WrapOptions): TriggerReport {
	const { node, kind } = entry;
	if (!entry.works) return { node: node.name, kind, outcome: 'idle' };
	if (isLocked(workflow, node.name)) return { node: node.name, kind, outcome: 'locked already' };
	const busy = decideBusy(kind, entry.answering, onBusy);
	return busy === 'none'
		? { node: node.name, kind, outcome: 'called' }
		: { node: node.name, kind, outcome: 'locked', busy };
}

const isDecided = (entry: Entry & { busy: BusyDecision }): entry is Decided =>
	entry.busy !== 'none' && entry.busy !== 'drops';

/**
 * The trigger’s edges move to the lock’s first output, as they are; one lock for each output in use. The first takes the
 * trigger’s place on the canvas: between two nodes of n8n’s usual distance there is no room for a third.
 */
function addLock(draft: Draft, entry: Decided, lock: Lock): Draft {
	const { node } = entry;
	let beside = node.name;
	const aside = stepAside(node, draft.workflow.nodes);
	let next = aside === null ? draft : moveNode(draft, node.name, aside);
	for (const { output, targets } of usedOutputs(draft.workflow, node.name)) {
		const name = takeName(next, 'Lock');
		const id = idFor(next, 'lock', node.name, String(output));
		const first = aside !== null && beside === node.name;
		const position = first ? positionOf(node) : placeBeside(node, next.workflow.nodes);
		const events = entry.kind !== 'schedule' && entry.kind !== 'manual';
		next = addNode(next, acquireNode({ id, name, position }, lock, { policy: entry.busy, events }));
		const answer = addAnswer(next, entry, name, output);
		next = setTargets(answer.draft, node.name, output, [edgeTo(name)]);
		next = addSourceBehind(next, beside, name, { main: [targets, ...answer.busy] });
		beside = name;
	}
	return next;
}

/** A node on the Busy output, where a node of the workflow answers the caller. */
function addAnswer(
	draft: Draft,
	{ busy, answering, node }: Decided,
	lock: string,
	output: number,
): { draft: Draft; busy: ForeignTarget[][] } {
	const from = draft.workflow.nodes.find(({ name }) => name === lock);
	if (busy !== 'answer' || from === undefined) return { draft, busy: [] };
	const name = takeName(draft, 'Answer Busy');
	const place = {
		id: idFor(draft, 'answer', node.name, String(output)),
		name,
		position: placeBeside(from, draft.workflow.nodes),
	};
	const inserted = answering === 'form-page' ? busyPage(place) : busyResponse(place);
	return { draft: addNode(draft, inserted), busy: [[edgeTo(name)]] };
}

/** One note a workflow. When wrapped again with --guard it says so, unless the operator wrote words of his own into it. */
function withNote(draft: Draft, guard: boolean, changed: boolean): Draft {
	const { workflow } = draft;
	const note = workflow.nodes.find((node) => roleOf(node) === 'note');
	const renewed = note && guard ? guardedNote(note) : note;
	if (renewed === undefined) {
		if (!changed) return draft;
		return addNode(draft, limitNote(idFor(draft, 'note'), takeName(draft, 'Note: Lock'), workflow, guard));
	}
	if (renewed === note) return draft;
	const nodes = draft.workflow.nodes.map((node) => (node === note ? renewed : node));
	return { ...draft, workflow: { ...draft.workflow, nodes } };
}
