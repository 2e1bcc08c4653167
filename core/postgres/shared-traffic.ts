import { DatabaseError, InvalidInputError } from '../errors';
import type { Gateway } from './gateway';

/** One for all of this process that use the same database: each node run has a gateway of its own. */
export function sharedBy<T>(make: (gateway: Gateway) => T): (gateway: Gateway) => T {
	const ofPool = new WeakMap<object, T>();
	return (gateway) => {
		const known = ofPool.get(gateway.pool);
		if (known !== undefined) return known;
		const made = make(gateway);
		ofPool.set(gateway.pool, made);
		return made;
	};
}

/** Postgres refused the statement for what was in it, and so did nothing. */
export function isOfOne(error: unknown): boolean {
	return error instanceof InvalidInputError || error instanceof DatabaseError;
}
