import { InvalidInputError, type RunPort, type RunStanding } from '../../core';

/** Where a run is that did not go where it was sent: its state in the database, and the reason when it ended with an error. */
export async function standingOf(
	runs: Pick<RunPort, 'state'>,
	runId: string,
): Promise<Pick<RunStanding, 'state'> & { reason?: string }> {
	const standing = await runs.state(runId);
	if (standing === null) {
		throw new InvalidInputError(
			`There is no run ${runId}.`,
			'Use the database in which the State Machine Controller (Begin) made it.',
		);
	}
	const { state, reason } = standing;
	return reason === null ? { state } : { state, reason };
}
