import { OWN_PACKAGE } from '../catalogue';
import type { ForeignNode } from './foreign-workflow';

/** What starts a workflow decides what “busy” may do to it. */
export const TRIGGER_KINDS = [
	'schedule',
	'manual',
	'webhook',
	'form',
	'chat',
	'poll',
	'email',
	'app',
	'error',
	'unknown',
	'called',
] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

const BASE = 'n8n-nodes-base.';
const LANGCHAIN = '@n8n/n8n-nodes-langchain.';

/** Triggers whose kind the name does not tell. Every other `…Trigger` of n8n itself is an app's event. */
const KINDS: ReadonlyMap<string, TriggerKind> = new Map<string, TriggerKind>([
	[`${BASE}scheduleTrigger`, 'schedule'],
	[`${BASE}cron`, 'schedule'],
	[`${BASE}interval`, 'schedule'],
	[`${BASE}manualTrigger`, 'manual'],
	[`${BASE}start`, 'manual'],
	[`${BASE}simulateTrigger`, 'manual'],
	[`${BASE}evaluationTrigger`, 'manual'],
	[`${LANGCHAIN}manualChatTrigger`, 'manual'],
	[`${BASE}webhook`, 'webhook'],
	[`${BASE}formTrigger`, 'form'],
	[`${LANGCHAIN}chatTrigger`, 'chat'],
	[`${BASE}errorTrigger`, 'error'],
	[`${BASE}executeWorkflowTrigger`, 'called'],
	[`${BASE}emailReadImap`, 'email'],
]);

/** Triggers of n8n that ask an app from time to time and remember how far they came. */
const POLLING = new Set(
	[
		'airtable',
		'clockify',
		'e2eTestPolling',
		'gmail',
		'googleBusinessProfile',
		'googleCalendar',
		'googleDrive',
		'googleSheets',
		'microsoftOneDrive',
		'microsoftOutlook',
		'notion',
		'rssFeedRead',
		'salesforce',
		'seaTable',
		'toggl',
	].map((app) => `${BASE}${app}Trigger`),
);

/** Serves tools to an AI client; it has no main output, so nothing can stand behind it. */
export const TOOL_SERVER = `${LANGCHAIN}mcpTrigger`;

/** Kind by the type's name alone; undefined = nothing says that it starts a workflow. */
export function triggerKind(type: string): TriggerKind | undefined {
	const known = KINDS.get(type);
	if (known) return known;
	if (POLLING.has(type)) return 'poll';
	if (type === TOOL_SERVER) return undefined;
	const ours = type.startsWith(BASE) || type.startsWith(LANGCHAIN) || type.startsWith(`${OWN_PACKAGE}.`);
	if (ours) return type.endsWith('Trigger') || type === `${OWN_PACKAGE}.callbackReceiver` ? 'app' : undefined;
	return /(trigger|webhook)$/i.test(type) ? 'unknown' : undefined;
}

/** True for packages whose every node we know by name; of the others a trigger may be called anything. */
export function isKnownPackage(type: string): boolean {
	return [BASE, LANGCHAIN, `${OWN_PACKAGE}.`].some((prefix) => type.startsWith(prefix));
}

/** How the caller of a trigger gets its answer. */
export type Answering = 'nobody' | 'response-node' | 'form-page' | 'host';

/**
 * Who waits for the end of the work. `response-node`: a node of the workflow answers; `host`: n8n itself answers when the
 * execution has ended (a failed one with 500), so no node can.
 */
export function answering(kind: TriggerKind, { parameters = {} }: ForeignNode, hasPages: boolean): Answering {
	if (kind === 'form' && hasPages) return 'form-page';
	const options = parameters.options;
	const own = kind === 'chat' ? field(options, 'responseMode') : parameters.responseMode;
	if (kind === 'chat') return own === 'responseNode' ? 'response-node' : 'host';
	if (kind !== 'webhook' && kind !== 'form') return 'nobody';
	if (own === 'responseNode') return 'response-node';
	return own === undefined || own === 'onReceived' ? 'nobody' : 'host';
}

function field(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null
		? Object.entries(value).find(([k]) => k === key)?.[1]
		: undefined;
}
