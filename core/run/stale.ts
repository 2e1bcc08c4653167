/**
 * Why an execution is not in force: nobody knows it, it has another epoch, it was cancelled, its lease ran out, or all of it
 * is reported.
 */
export const STALE_REASONS = ['unknown', 'epoch', 'cancelled', 'expired', 'reported'] as const;
export type StaleReason = (typeof STALE_REASONS)[number];

const BECAUSE: Record<StaleReason, string> = {
	unknown: 'the database of the other side does not know it. Do both use the same one?',
	epoch: 'its tasks were dispatched again since.',
	cancelled: 'it was cancelled.',
	expired: 'its lease ran out.',
	reported: 'all of its tasks are reported.',
};

/** The sentence for a person; without a reason that we know (an older or a foreign sender) only what is certain. */
export function explainStale(reason: unknown): string {
	const known = STALE_REASONS.find((each) => each === reason);
	return known === undefined
		? 'The execution is no longer in force.'
		: `The execution is no longer in force: ${BECAUSE[known]}`;
}
