import { InvalidArgumentError } from 'commander';

/** Parser of an option that is an instant; a date without a time is midnight UTC. */
export function time(text: string): Date {
	const instant = instantOf(text);
	if (instant !== undefined) return instant;
	throw new InvalidArgumentError(`Expected ${TIME_EXPECTED}, got “${text}”.`);
}

export const TIME_EXPECTED = 'a time such as 2026-11-01 or 2026-11-01T08:00:00Z';

/** Undefined unless it says its time zone: nobody should have to know that of this machine. */
export function instantOf(text: string): Date | undefined {
	if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return undefined;
	const instant = new Date(text);
	return Number.isNaN(instant.getTime()) ? undefined : instant;
}
