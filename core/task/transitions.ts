import { EXECUTION_TRANSITIONS } from '../run/execution';
import { RUN_TRANSITIONS } from '../run/transitions';
import type { Transition } from '../run/transition';
import type { TaskState } from './task';

/**
 * S2 for tasks. A result is legal from claimed as well as running: the callback may overtake the start's commit.
 * `failed` is passed through in the same transaction on the way to scheduled or dead.
 */
export const TASK_TRANSITIONS: readonly Transition<TaskState>[] = [
	{ from: 'scheduled', to: 'queued', event: 'promote' },
	{ from: 'queued', to: 'claimed', event: 'claim' },
	{ from: 'claimed', to: 'running', event: 'start' },
	{ from: 'claimed', to: 'scheduled', event: 'refuse' },
	{ from: 'claimed', to: 'succeeded', event: 'settle' },
	{ from: 'claimed', to: 'failed', event: 'fail' },
	{ from: 'running', to: 'succeeded', event: 'settle' },
	{ from: 'running', to: 'failed', event: 'fail' },
	{ from: 'failed', to: 'scheduled', event: 'back_off' },
	{ from: 'failed', to: 'dead', event: 'bury' },
	{ from: 'scheduled', to: 'cancelled', event: 'cancel' },
	{ from: 'queued', to: 'cancelled', event: 'cancel' },
	{ from: 'claimed', to: 'cancelled', event: 'cancel' },
	{ from: 'running', to: 'cancelled', event: 'cancel' },
	{ from: 'scheduled', to: 'dead', event: 'expire' },
	{ from: 'queued', to: 'dead', event: 'expire' },
	{ from: 'dead', to: 'scheduled', event: 'redrive' },
];

export type Entity = 'task' | 'execution' | 'run';

/** The one table of legal changes; `orchestrator.legal_transitions` holds the same rows and the database enforces them. */
export const TRANSITIONS: Readonly<Record<Entity, readonly Transition[]>> = {
	task: TASK_TRANSITIONS,
	execution: EXECUTION_TRANSITIONS,
	run: RUN_TRANSITIONS,
};

/** Where life begins, named by the event: an INSERT in any other state is refused. `orchestrator.initial_states` has the same. */
export const INITIAL_STATES: Readonly<Record<Entity, readonly { state: string; event: string }[]>> = {
	task: [
		{ state: 'scheduled', event: 'delay' },
		{ state: 'queued', event: 'enqueue' },
	],
	execution: [{ state: 'claimed', event: 'claim' }],
	run: [{ state: 'IDLE', event: 'begin' }],
};

export type TransitionDecision = { legal: true; event: string } | { legal: false; reason: string };

/** Total over every pair of texts: an unknown state is an illegal transition, not a crash. */
export function decideTransition(entity: Entity, from: string, to: string): TransitionDecision {
	const found = TRANSITIONS[entity].find((each) => each.from === from && each.to === to);
	if (found) return { legal: true, event: found.event };
	const legal = TRANSITIONS[entity].filter((each) => each.from === from).map((each) => each.to);
	const rest = legal.length > 0 ? `legal from here: ${legal.join(', ')}` : 'it is an end state';
	return { legal: false, reason: `${entity} cannot go from ${from} to ${to}; ${rest}` };
}
