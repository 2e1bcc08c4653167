import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { redact, REDACTED, redactText } from '../../core';
import { PUBLIC_NAME, SECRET_NAME, TEXT_RULES } from '../../core/redaction';
import { CANARY, HARMLESS, SECRETS } from '../support/secret-cases';

const sqlOf = (name: string) =>
	readFileSync(join(__dirname, '..', '..', 'migrations', 'functions', `${name}.sql`), 'utf8');

test.each(SECRETS)('%s is removed', (_what, value) => {
	expect(JSON.stringify(redact(value))).not.toContain(CANARY);
	expect(JSON.stringify(redact(value))).toContain(REDACTED);
});

test('ids, hashes, keys of tasks, addresses without a password, counts and prose stay as they are', () => {
	for (const value of HARMLESS) expect(redact(value)).toEqual(value);
});

test('what stands around a secret stays', () => {
	expect(redactText('connect to postgres://admin:hunter2@db:5432/n8n failed')).toBe(
		'connect to postgres://admin:***@db:5432/n8n failed',
	);
	expect(redact({ user: 'a', password: 'b', port: 1 })).toEqual({ user: 'a', password: REDACTED, port: 1 });
});

test('the patterns in SQL are those in TypeScript, in the same order', () => {
	const inSql = [
		...sqlOf('redact_text').matchAll(/regexp_replace\(v_text,\n\t\t'(.+)',\n\t\t'(.+)', '(gi?)'\);/g),
	];
	expect(
		inSql.map(([, pattern, replacement, flags]) => [pattern, replacement?.replaceAll('\\', '$'), flags]),
	).toEqual(
		TEXT_RULES.map(({ pattern, replacement, ignoreCase }) => [pattern, replacement, ignoreCase ? 'gi' : 'g']),
	);
	expect(sqlOf('is_secret_name')).toContain(`'${SECRET_NAME}'`);
	expect(sqlOf('is_secret_name')).toContain(`'${PUBLIC_NAME}'`);
});
