import type { History, Offence, Rule } from './records';
import { acceptedAfterCommit, answeredAfterCommit, settledWithReceipt } from './rules/acknowledgements';
import { withinCaps } from './rules/caps';
import { claimsEnd, failuresAreKept, oneCompletionASlot, settledByTheEpochInForce } from './rules/endings';
import { risingEpochs } from './rules/epochs';
import { unbrokenLives } from './rules/lives';
import { everythingEnded, noEnqueueLost, noTaskStranded } from './rules/losses';
import { appliedOnce, settledOnce } from './rules/once';
import { overtakenWithinBound, withinShares } from './rules/queue-order';

/** Every promise that a history is judged by, under the name that a verdict uses. */
export const RULES: Readonly<Record<string, Rule>> = {
	'lives are unbroken': unbrokenLives,
	'epochs rise': risingEpochs,
	'no enqueue is lost': noEnqueueLost,
	'no task is stranded': noTaskStranded,
	'everything ended': everythingEnded,
	'settled once': settledOnce,
	'applied once': appliedOnce,
	'settled by the epoch in force': settledByTheEpochInForce,
	'claims end': claimsEnd,
	'one completion a slot': oneCompletionASlot,
	'failures are kept': failuresAreKept,
	'within caps': withinCaps,
	'within shares': withinShares,
	'overtaken within 90 minutes': overtakenWithinBound,
	'answered after commit': answeredAfterCommit,
	'settled with receipt': settledWithReceipt,
	'accepted after commit': acceptedAfterCommit,
};

/** `drained: false`: the work still goes on, so that open tasks and executions are no offence. */
export function check(history: History, { drained = true }: { drained?: boolean } = {}): Offence[] {
	return Object.entries(RULES)
		.filter(([rule]) => drained || rule !== 'everything ended')
		.flatMap(([rule, judge]) => judge(history).map((offence) => ({ rule, ...offence })));
}

/** One line an offence; of many alike the first few. */
export function verdictText(offences: readonly Offence[], atMost = 20): string {
	if (offences.length === 0) return 'nothing to say against this history';
	const lines = offences
		.slice(0, atMost)
		.map(({ rule, what, seqs }) => `${rule}: ${what}${seqs.length > 0 ? ` (seq ${seqs.join(', ')})` : ''}`);
	return [...lines, ...(offences.length > atMost ? [`… and ${offences.length - atMost} more`] : [])].join(
		'\n',
	);
}
