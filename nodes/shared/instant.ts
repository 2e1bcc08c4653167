import { z } from 'zod/v4';
import { InvalidInputError } from '../../core';

const HAS_ZONE = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/**
 * A date parameter as text; empty or missing = none. n8n gives what the picker wrote, whatever text an expression yields,
 * or the object of `$now`.
 */
export const dateParameter = z.unknown().transform((value, context) => {
	if (value === undefined || value === null || value === '') return undefined;
	const text: unknown = JSON.parse(JSON.stringify(value));
	if (typeof text === 'string') return text.trim();
	context.addIssue({ code: 'custom', message: 'is no date: choose one, or write it as 2026-12-24T18:00:00' });
	return z.NEVER;
});

/** The instant that the text means; without a zone of its own, by the workflow's clock, as n8n's picker means it. */
export function instantOf(text: string, timezone: string): Date {
	const written = text.includes('T') ? text : text.replace(' ', 'T');
	const at = /T/.test(written) && HAS_ZONE.test(written) ? new Date(written) : inZone(written, timezone);
	if (!Number.isNaN(at.getTime())) return at;
	throw new InvalidInputError(
		`“${text}” is no date.`,
		'Choose one in the calendar, or write it as 2026-12-24T18:00:00 (the workflow’s time zone) or with a zone.',
	);
}

/** Twice, because the offset belongs to the instant, which the first look only comes near to. */
function inZone(text: string, timezone: string): Date {
	const wall = Date.parse(/T/.test(text) ? `${text}Z` : text);
	if (Number.isNaN(wall)) return new Date(Number.NaN);
	const near = wall - offsetMs(wall, timezone);
	return new Date(wall - offsetMs(near, timezone));
}

function offsetMs(at: number, timeZone: string): number {
	const whole = Math.floor(at / 1000) * 1000;
	const wall = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
	return Date.parse(`${wall.format(whole).replace(' ', 'T')}Z`) - whole;
}
