import { InvalidInputError } from '../errors';

/** Length of a lease, renewed every third of it: a dead holder's lock opens after at most this. */
export const LEASE_SECONDS = { name: 'Lease (Seconds)', least: 1, most: 86_400, default: 60 } as const;
/** Longest wait for a taken lock: more would occupy a place of n8n's concurrency for too long. */
export const MAX_WAIT_SECONDS = { name: 'Max Wait (Seconds)', least: 0, most: 600, default: 60 } as const;
/** How long a stopped execution's lock stays shut: its node may still work. 0 = opens at once. */
export const GRACE_SECONDS = {
	name: 'Grace After Stop (Seconds)',
	least: 0,
	most: 86_400,
	default: 300,
} as const;
export const PERMITS = { name: 'Permits', least: 1, most: 1000, default: 1 } as const;

export interface Limit {
	/** As the editor labels the field. */
	name: string;
	least: number;
	most: number;
	default: number;
}

/** A number within its bounds, the default when absent (undefined or ''); the error names value and bounds. */
export function parseLimited(limit: Limit, value: unknown, whole = false): number {
	if (value === undefined || value === '') return limit.default;
	const number = typeof value === 'string' ? Number(value) : value;
	const kind = whole ? 'a whole number' : 'a number';
	if (
		typeof number === 'number' &&
		number >= limit.least &&
		number <= limit.most &&
		(!whole || Number.isInteger(number))
	) {
		return number;
	}
	throw new InvalidInputError(
		`${limit.name} must be ${kind} from ${limit.least} to ${limit.most}, got ${show(value)}.`,
		`Set it within these bounds; ${limit.default} is the default.`,
	);
}

function show(value: unknown): string {
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	if (typeof value === 'string') return `“${value.slice(0, 40)}”`;
	return value === null ? 'null' : typeof value;
}
