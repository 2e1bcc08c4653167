import type { JsonValue } from '../contract/json';
import { PUBLIC_NAME, REDACTED, SECRET_NAME, TEXT_RULES } from './rules';

export { PUBLIC_NAME, REDACTED, SECRET_NAME, TEXT_RULES } from './rules';

const rules = TEXT_RULES.map(({ pattern, ignoreCase, replacement }) => ({
	search: new RegExp(pattern, ignoreCase ? 'gi' : 'g'),
	replacement,
}));
const secretName = new RegExp(SECRET_NAME);
const publicName = new RegExp(PUBLIC_NAME);

/** The text without the secrets that can be told by their look. Idempotent; SQL `redact_text` answers the same. */
export function redactText(text: string): string {
	return rules.reduce((rest, { search, replacement }) => rest.replace(search, replacement), text);
}

/**
 * The same for every text inside, field names included; a text or number under a secret's name goes whatever it looks like.
 * Ids, hashes and counts stay. SQL `redact` answers the same.
 */
export function redact<T extends JsonValue>(value: T): T;
export function redact(value: JsonValue): JsonValue {
	return redactValue(value, false);
}

function redactValue(value: JsonValue, secret: boolean): JsonValue {
	if (typeof value === 'string') return secret ? (value === '' ? '' : REDACTED) : redactText(value);
	if (typeof value === 'number') return secret ? REDACTED : value;
	if (value === null || typeof value !== 'object') return value;
	if (Array.isArray(value)) return value.map((each) => redactValue(each, secret));
	return Object.fromEntries(
		Object.entries(value).map(([name, each]) => [
			redactText(name),
			redactValue(each, secret || isSecretName(name)),
		]),
	);
}

/** Whether a field of this name holds a secret. */
export function isSecretName(name: string): boolean {
	const bare = name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();
	return secretName.test(bare) && !publicName.test(bare);
}
