import type { z } from 'zod/v4';
import { InvalidInputError, jsonValue, redact, redactText } from '../../core';
import { MOST_ISSUES, pathOf } from './node-error';

type Issue = z.core.$ZodIssue;

const LONGEST_VALUE = 60;

/** What a node's parameters mean. Fails with what is wrong with each, and what to do. */
export function parseParameters<S extends z.ZodType>(schema: S, parameters: unknown): z.output<S> {
	const { success, data, error } = schema.safeParse(parameters);
	if (!success) throw parameterError(error, parameters);
	return data;
}

/** Of each field what was expected and the value, without secrets. */
function parameterError(error: z.ZodError, parameters: unknown): InvalidInputError {
	const issues = error.issues.slice(0, MOST_ISSUES);
	const faults = issues.map((issue) => {
		return `${pathOf(issue)}: ${expectation(issue)}${gotOf(issue, parameters)}`;
	});
	const actions = new Set(issues.map(correction));
	return new InvalidInputError(
		`The parameters of this node are not as expected: ${faults.join('; ')}`,
		[...actions, 'Where it is an expression, look at what it yields for this item.'].join(' '),
	);
}

/** In the words of the house; of anything else in zod's. */
function expectation(issue: Issue): string {
	switch (issue.code) {
		case 'too_big':
			return `must ${measure(issue.origin)} at most ${issue.maximum}${unitOf(issue.origin)}`;
		case 'too_small':
			return `must ${measure(issue.origin)} at least ${issue.minimum}${unitOf(issue.origin)}`;
		case 'invalid_type':
			return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
		case 'invalid_value':
			return `must be one of ${issue.values.map(String).join(', ')}`;
		default:
			return issue.message;
	}
}

const measure = (origin: string) => (UNITS.has(origin) ? 'have' : 'be');
const UNITS = new Map([
	['string', ' characters'],
	['array', ' entries'],
]);
const unitOf = (origin: string) => UNITS.get(origin) ?? '';

/** Our own complaints name the value where it helps: an empty field has none. */
function gotOf(issue: Issue, parameters: unknown): string {
	if (issue.code === 'custom' || issue.code === 'unrecognized_keys') return '';
	return `, got ${shown(issue.path, parameters)}`;
}

function correction(issue: Issue): string {
	const [name = 'value', ...inner] = issue.path.map(String);
	const place = inner.length === 0 ? `“${name}”` : `“${inner.join('.')}” in “${name}”`;
	switch (issue.code) {
		case 'unrecognized_keys':
			return `Remove ${issue.keys.map((key) => `“${key}”`).join(', ')} from ${place}, or correct the name.`;
		case 'invalid_value':
			return `Choose one of these for ${place}.`;
		case 'too_big':
			return `Lower ${place}.`;
		case 'too_small':
			return `Raise ${place}.`;
		default:
			return `Correct ${place}.`;
	}
}

/** The value as it stands in the node, without secrets; those go first, because one that is cut in two is not known for one. */
function shown(path: readonly PropertyKey[], parameters: unknown): string {
	const value = path.reduce<unknown>(
		(inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
		parameters,
	);
	if (value === undefined) return 'nothing';
	const known = jsonValue.safeParse(value);
	const name = String(path.at(-1) ?? 'value');
	const safe = known.success ? redact({ [name]: known.data })[name] : redactText(String(value));
	const text = typeof safe === 'string' ? `“${redactText(safe)}”` : redactText(JSON.stringify(safe));
	return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
