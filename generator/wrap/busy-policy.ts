import type { Refusal } from './refusal';
import { TRIGGER_KINDS, type Answering, type TriggerKind } from './trigger-kinds';

/** What the acquire does while another execution holds the lock. */
export const BUSY_POLICIES = ['skip', 'wait', 'fail'] as const;
export type BusyPolicy = (typeof BUSY_POLICIES)[number];

/** What the operator asked for: per kind, or for all. */
export type BusyChoice = Partial<Record<TriggerKind | 'all', BusyPolicy>>;

/**
 * `answer`: skip, and a node on the Busy output tells the caller. `none`: no lock at all.
 * `drops`: the choice would lose events without a word, so it is not taken.
 */
export type BusyDecision = BusyPolicy | 'answer' | 'none' | 'drops';

/**
 * Skip is safe only where the next tick comes by itself, or where a person pressed a button and sees it. Every other
 * trigger brings an event that exists once: it waits (bounded by the node’s max wait), then fails visibly; a caller that a
 * node of the workflow answers gets a real “busy” at once. A called workflow runs under its caller’s lock.
 */
export function decideBusy(kind: TriggerKind, answering: Answering, choice: BusyChoice): BusyDecision {
	const chosen = askedPolicy(kind, choice);
	const answers = answering === 'response-node' || answering === 'form-page';
	if (chosen === undefined) return answers ? 'answer' : DEFAULTS[kind];
	if (chosen !== 'skip' || kind === 'schedule' || kind === 'manual') return chosen;
	return answers ? 'answer' : 'drops';
}

/** What was asked for a trigger of this kind; undefined = nothing, its default holds. A called one is only meant by name. */
export const askedPolicy = (kind: TriggerKind, choice: BusyChoice): BusyPolicy | undefined =>
	choice[kind] ?? (kind === 'called' ? undefined : choice.all);

/** Why “skip” is not taken for a trigger whose events nobody brings again. */
export const wouldDrop = (trigger: string): Refusal => ({
	code: 'WRAP_WOULD_DROP',
	node: trigger,
	reason: 'Each of its events exists once; “skip” would lose those that arrive while the lock is held.',
	action: 'Use --on-busy wait or fail for this kind of trigger, for example --on-busy schedule=skip.',
});

const DEFAULTS: Readonly<Record<TriggerKind, BusyDecision>> = {
	schedule: 'skip',
	manual: 'skip',
	webhook: 'wait',
	form: 'wait',
	chat: 'wait',
	poll: 'wait',
	email: 'wait',
	app: 'wait',
	error: 'wait',
	unknown: 'wait',
	called: 'none',
};

/** `skip`, or `schedule=wait`; undefined = neither. */
export function parseBusyChoice(text: string): BusyChoice | undefined {
	const [kind = '', policy = ''] = text.includes('=') ? text.split('=', 2) : ['all', text];
	const known = [...TRIGGER_KINDS, 'all' as const].find((each) => each === kind);
	const named = BUSY_POLICIES.find((each) => each === policy);
	return known && named ? { [known]: named } : undefined;
}
