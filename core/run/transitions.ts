import type { RunState } from './run';
import type { Transition } from './transition';

/** Requirement 3.1. Quiet runs skip states: nothing to dispatch goes from ANALYZING to COMPLETED. */
export const RUN_TRANSITIONS: readonly Transition<RunState>[] = [
	{ from: 'IDLE', to: 'ANALYZING', event: 'analyze' },
	{ from: 'ANALYZING', to: 'DISPATCHING', event: 'dispatch' },
	{ from: 'ANALYZING', to: 'MONITORING', event: 'monitor' },
	{ from: 'DISPATCHING', to: 'MONITORING', event: 'monitor' },
	{ from: 'ANALYZING', to: 'COMPLETED', event: 'complete' },
	{ from: 'DISPATCHING', to: 'COMPLETED', event: 'complete' },
	{ from: 'MONITORING', to: 'COMPLETED', event: 'complete' },
	{ from: 'IDLE', to: 'ERROR_RECOVERY', event: 'fail' },
	{ from: 'ANALYZING', to: 'ERROR_RECOVERY', event: 'fail' },
	{ from: 'DISPATCHING', to: 'ERROR_RECOVERY', event: 'fail' },
	{ from: 'MONITORING', to: 'ERROR_RECOVERY', event: 'fail' },
];
