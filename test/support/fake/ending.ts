import {
	decideTransition,
	type ExecutionState,
	IllegalTransitionError,
	type JsonObject,
} from '../../../core';
import type { FakeExecution, World } from './world';

/** Changes the state of an execution by the table of legal changes. */
export function moveExecution(
	execution: FakeExecution,
	to: ExecutionState,
	change: Partial<FakeExecution> = {},
): void {
	const decision = decideTransition('execution', execution.state, to);
	if (!decision.legal)
		throw new IllegalTransitionError(`${decision.reason}.`, 'Look at the log of its transitions.');
	Object.assign(execution, change, { state: to });
}

/** Its slot is free from now on: whoever is not active holds none. */
export function finishExecution(
	world: World,
	execution: FakeExecution,
	to: 'reported' | 'expired' | 'cancelled',
	error: JsonObject | null = execution.error,
): void {
	moveExecution(execution, to, { leaseUntil: null, finishedAt: world.now(), error });
}
