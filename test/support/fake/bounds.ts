import { InvalidInputError } from '../../../core';

/** A whole number within bounds; the default when it is left out. */
export function boundedLimit(limit: number | undefined, otherwise: number, most: number): number {
	if (limit === undefined) return otherwise;
	if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
	throw new InvalidInputError(
		`limit must be a whole number from 1 to ${most}, got ${limit}.`,
		'Correct this value.',
	);
}

/** Who wants it: orders of a person name one. */
export function namedActor(actor: string): string {
	const name = actor.trim();
	if (name !== '' && name.length <= 200) return name;
	throw new InvalidInputError(
		`actor must say in 1 to 200 characters who wants this, got "${actor.slice(0, 50)}".`,
		'Correct this value.',
	);
}
