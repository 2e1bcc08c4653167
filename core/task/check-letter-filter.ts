import { InvalidInputError } from '../errors';
import type { DeadLetterFilter } from './dead-letter';

/** A date that is none would be sent as null, and a bound that is not there takes every letter. */
export function checkLetterFilter({ diedAfter, diedBefore }: DeadLetterFilter): void {
	for (const [field, date] of Object.entries({ diedAfter, diedBefore })) {
		if (date === undefined || !Number.isNaN(date.getTime())) continue;
		throw new InvalidInputError(
			`${field} is not a date.`,
			'Give a date, or leave the field out for no bound.',
		);
	}
}

/** Orders that change letters know no status: they take open ones. */
export function checkChangeFilter(filter: DeadLetterFilter): void {
	checkLetterFilter(filter);
	if (filter.status === undefined || filter.status === 'open') return;
	throw new InvalidInputError(
		`status must be open: only open letters are redriven or discarded, got ${filter.status}.`,
		'Leave the status out. A discarded letter stays discarded; a redriven task is in the queue already.',
	);
}
