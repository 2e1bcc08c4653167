import { OWN_PACKAGE, CREDENTIAL_NAMES, POSTGRES_CREDENTIAL, STICKY_NOTE } from '../catalogue';
import { GRID, snapUp } from '../geometry';
import { noteHeight, noteMarkdown } from '../note-text';
import type { BusyDecision } from './busy-policy';
import type { ForeignNode, ForeignWorkflow } from './foreign-workflow';

export const MUTEX = `${OWN_PACKAGE}.workflowMutex`;

/** Where an inserted node stands; the words are in its notes, and unwrap finds it by them. */
export const ROLES = {
	lock: 'lock behind a trigger',
	behind: 'lock again behind a node that parks',
	before: 'lock again before work that others can see',
	answer: 'answer while the lock is busy',
	note: 'note',
} as const;
export type Role = keyof typeof ROLES;

const MARK = 'Inserted by master-orchestrator wrap: ';

/** n8n keeps `notes` through import, paste, renaming and saving; it gives new ids and drops parameters it does not know. */
export const notesOf = (role: Role): string => `${MARK}${ROLES[role]}. Unwrap takes it out again.`;

/** The role of a node that wrap inserted; undefined for the operator’s own. */
export function roleOf({ notes, type }: ForeignNode): Role | undefined {
	if (typeof notes !== 'string' || !notes.startsWith(MARK)) return undefined;
	const role = roles().find((each) => notes.startsWith(`${MARK}${ROLES[each]}.`));
	const mutex = role === 'lock' || role === 'behind' || role === 'before';
	return mutex === (type === MUTEX) ? role : undefined;
}

const roles = (): Role[] => ['lock', 'behind', 'before', 'answer', 'note'];

/** An acquire that the operator put behind a trigger by hand counts as well. */
export function isAcquire({ type, parameters, disabled }: ForeignNode): boolean {
	return type === MUTEX && parameters?.operation === 'acquire' && disabled !== true;
}

type Position = [x: number, y: number];

interface Place {
	id: string;
	name: string;
	position: Position;
}

/** What all lock nodes of a workflow share. */
export interface Lock {
	name: string;
	/** Longest wait where one waits; default: the node’s own. */
	maxWaitSeconds?: number;
}

/** `events`: each item exists once, so when another execution waits already this one fails instead of skipping. */
export function acquireNode(
	place: Place,
	lock: Lock,
	{ policy, events }: { policy: Exclude<BusyDecision, 'none' | 'drops'>; events: boolean },
): ForeignNode {
	return mutexNode(place, 'lock', {
		operation: 'acquire',
		lock: lock.name,
		onBusy: policy === 'answer' ? 'skip' : policy,
		options: policy === 'wait' ? { ...(events ? NOTHING_LOST : {}), ...boundOf(lock) } : {},
	});
}

/** Work has begun when an Ensure runs: it waits and then fails, it never drops the items. */
export function ensureNode(place: Place, role: 'behind' | 'before', lock: Lock): ForeignNode {
	const options = { ...NOTHING_LOST, ...boundOf(lock) };
	return mutexNode(place, role, { operation: 'ensure', lock: lock.name, onBusy: 'wait', options });
}

const boundOf = ({ maxWaitSeconds }: Lock) => (maxWaitSeconds === undefined ? {} : { maxWaitSeconds });

/** Else the node sends items to its Busy output when an earlier execution of the workflow waits. */
const NOTHING_LOST = { ifAnotherWaits: 'fail' };

function mutexNode(
	{ id, name, position }: Place,
	role: Role,
	parameters: Record<string, unknown>,
): ForeignNode {
	return {
		parameters,
		id,
		name,
		type: MUTEX,
		typeVersion: 1,
		position,
		credentials: { [POSTGRES_CREDENTIAL]: { id: null, name: CREDENTIAL_NAMES[POSTGRES_CREDENTIAL] } },
		notes: notesOf(role),
	};
}

const BUSY_TEXT = 'Another execution is at work. Please try again in a minute.';

/** Seconds; the node’s own max wait is as long. */
const RETRY_AFTER = '60';

export function busyResponse({ id, name, position }: Place): ForeignNode {
	return {
		parameters: {
			respondWith: 'json',
			responseBody: JSON.stringify({ error: 'busy', message: BUSY_TEXT }),
			options: {
				responseCode: 503,
				responseHeaders: { entries: [{ name: 'Retry-After', value: RETRY_AFTER }] },
			},
		},
		id,
		name,
		type: 'n8n-nodes-base.respondToWebhook',
		typeVersion: 1.1,
		position,
		notes: notesOf('answer'),
	};
}

export function busyPage({ id, name, position }: Place): ForeignNode {
	return {
		parameters: {
			operation: 'completion',
			completionTitle: 'Not accepted yet',
			completionMessage: BUSY_TEXT,
			options: {},
		},
		id,
		name,
		type: 'n8n-nodes-base.form',
		typeVersion: 1,
		position,
		notes: notesOf('answer'),
	};
}

const NOTE_WIDTH = 480;
const NOTE_TITLE = 'One at a time';

const GUARDED =
	'Ensure nodes stand before the work that others can see. A retry begins at the failed node itself and a test of one node runs it alone: both pass by the Ensure before it.';
const UNGUARDED =
	'A retried execution and a run of part of the workflow begin behind the lock and do not take it. “wrap --guard” narrows that.';

const noteText = (guarded: boolean): string =>
	`A lock stands behind each trigger; it opens when the execution ends. ${guarded ? GUARDED : UNGUARDED}`;

function noteBox(guarded: boolean): { content: string; height: number } {
	const text = noteText(guarded);
	const height = snapUp(noteHeight(NOTE_TITLE, text, NOTE_WIDTH) + GRID);
	return { content: noteMarkdown(NOTE_TITLE, text), height };
}

/** The same note after --guard; as it is when it says so already, or when the operator changed its words. It grows upwards. */
export function guardedNote(note: ForeignNode): ForeignNode {
	const [old, box] = [noteBox(false), noteBox(true)];
	if (note.parameters?.content !== old.content) return note;
	const [x, y] = positionOf(note);
	return {
		...note,
		parameters: { ...note.parameters, ...box },
		position: [x, y - (box.height - old.height)],
	};
}

export function limitNote(
	id: string,
	name: string,
	workflow: ForeignWorkflow,
	guarded: boolean,
): ForeignNode {
	const [x, y] = corner(workflow);
	const box = noteBox(guarded);
	return {
		parameters: { ...box, width: NOTE_WIDTH, color: 3 },
		id,
		name,
		type: STICKY_NOTE,
		typeVersion: 1,
		position: [x, y - box.height - 2 * GRID],
		notes: notesOf('note'),
	};
}

function corner({ nodes }: ForeignWorkflow): Position {
	const places = nodes.map(positionOf);
	return [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
}

/** n8n stands a node without a usable position at the origin. */
export function positionOf({ position }: ForeignNode): Position {
	if (!Array.isArray(position)) return [0, 0];
	const [x, y]: unknown[] = position;
	return [Number.isFinite(x) ? Number(x) : 0, Number.isFinite(y) ? Number(y) : 0];
}
