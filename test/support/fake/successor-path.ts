import type { JsonObject, JsonValue } from '../../../core';

/** The part of SQL/JSON paths that the suite uses: `$.a.b`, and `$.a.b > 70` with a number as the other side. */
const PATH = /^\$((?:\.\w+)*)(?:\s*(==|!=|<=|>=|<|>)\s*(-?\d+(?:\.\d+)?))?$/;

export function isPath(path: string): boolean {
	return PATH.test(path);
}

/** What stands there; undefined = nothing. */
export function valueAt(facts: JsonObject, path: string): JsonValue | undefined {
	const [, way = ''] = PATH.exec(path) ?? [];
	let value: JsonValue | undefined = facts;
	for (const step of way.split('.').slice(1)) {
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
		value = value[step];
	}
	return value;
}

/** A condition yields true or false; anything else is an error, as in Postgres. What is not there is not true. */
export function isTrue(facts: JsonObject, condition: string): boolean {
	const [, , operator, text] = PATH.exec(condition) ?? [];
	const value = valueAt(facts, condition);
	if (operator === undefined) {
		if (value === true || value === false) return value;
		throw new Error('single boolean result is expected');
	}
	if (typeof value !== 'number') return false;
	const other = Number(text);
	switch (operator) {
		case '==':
			return value === other;
		case '!=':
			return value !== other;
		case '<':
			return value < other;
		case '<=':
			return value <= other;
		case '>':
			return value > other;
		default:
			return value >= other;
	}
}
