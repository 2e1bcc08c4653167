import { type ExecutionRef, ExecutionLostError } from '../../core';

/** A mark is forgotten after this, whoever forgot to take it away: longer than any work may last. */
const FORGET_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Executions of this process that were taken away while they still work (S10): the renewal of their lease was refused.
 * Disposable (S20): without it they work on in vain, for the database applies nothing of theirs.
 */
const lost = new Map<string, NodeJS.Timeout>();
const keyOf = ({ executionId, epoch }: ExecutionRef) => `${executionId}:${epoch}`;

export function markLost(ref: ExecutionRef): void {
	forgetLost(ref);
	const key = keyOf(ref);
	lost.set(key, setTimeout(() => lost.delete(key), FORGET_AFTER_MS).unref());
}

/** The n8n execution has ended. */
export function forgetLost(ref: ExecutionRef): void {
	clearTimeout(lost.get(keyOf(ref)));
	lost.delete(keyOf(ref));
}

/** Throws for work that would be in vain. */
export function refuseLost(ref: ExecutionRef): void {
	if (!lost.has(keyOf(ref))) return;
	throw new ExecutionLostError(
		`Execution ${ref.executionId} (epoch ${ref.epoch}) was taken away while it worked: its lease or its time was over, or it was cancelled.`,
		'Nothing to do: the task is tried again. If it happens often, raise the time limit of this workflow type or make its steps shorter.',
	);
}

/** For the test that looks for leaks. */
export const lostCount = (): number => lost.size;
