import type { Transition } from './transition';

/** The id of an execution or a run: a UUID of any version. */
export const EXECUTION_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** S2 for executions: one dispatch of 1–10 tasks. Terminal: reported, expired, cancelled. */
export const EXECUTION_STATES = [
	'claimed',
	'accepted',
	'started',
	'reported',
	'expired',
	'cancelled',
] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

/** A result is legal from claimed, accepted or started; a refused delivery cancels; an abandoned one counts as expired. */
export const EXECUTION_TRANSITIONS: readonly Transition<ExecutionState>[] = [
	{ from: 'claimed', to: 'accepted', event: 'accept' },
	{ from: 'accepted', to: 'started', event: 'start' },
	{ from: 'claimed', to: 'reported', event: 'settle' },
	{ from: 'accepted', to: 'reported', event: 'settle' },
	{ from: 'started', to: 'reported', event: 'settle' },
	{ from: 'claimed', to: 'expired', event: 'expire' },
	{ from: 'accepted', to: 'expired', event: 'expire' },
	{ from: 'started', to: 'expired', event: 'expire' },
	{ from: 'claimed', to: 'cancelled', event: 'refuse' },
	{ from: 'accepted', to: 'cancelled', event: 'cancel' },
	{ from: 'started', to: 'cancelled', event: 'cancel' },
];
