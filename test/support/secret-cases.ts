import type { JsonValue } from '../../core';

/** A text of no meaning that stands for every secret; nothing of it may survive. */
export const CANARY = 'Canary7f3b2c9e41d8';

/** Values with a secret, by what carries it. What is left must not have the canary any more. */
export const SECRETS: Array<[what: string, value: JsonValue]> = [
	['a password in an address', `connect failed: postgres://admin:${CANARY}@db.example:5432/n8n`],
	['a password with an at-sign in an address', `redis://:p@ss${CANARY}@127.0.0.1:6379`],
	['a bearer token', `Request failed: Bearer ${CANARY}`],
	['basic credentials', `sent Basic ${CANARY}==`],
	['an authorization header in a text', `POST /x HTTP/1.1\nAuthorization: Token ${CANARY}\nhost: a`],
	['a cookie header', `set-cookie: n8n-auth=${CANARY}; Path=/`],
	['a header in JSON text', JSON.stringify({ headers: { authorization: `Custom ${CANARY}` } })],
	['JSON inside JSON', JSON.stringify(JSON.stringify({ password: CANARY }))],
	[
		'an OpenAI key',
		`Incorrect API key provided: sk-proj-${CANARY}. Find yours at https://platform.example/keys.`,
	],
	['a key with its scheme after its name', `Incorrect API key provided: Bearer ${CANARY}`],
	['an unknown key after its name', `Incorrect API key provided: ${CANARY}`],
	['a Google key in an address', `https://generativelanguage.example/v1/models?alt=json&key=${CANARY}&x=1`],
	['a Google key', `key AIza${CANARY}xyz refused`],
	['a signing secret', `whsec_${CANARY}`],
	['a JSON Web Token', `eyJhbGciOiJIUzI1NiJ9.eyJ${CANARY}.c2ln`],
	['a private key', `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\nabc=\n-----END RSA PRIVATE KEY-----`],
	['a private key that was cut off', `-----BEGIN PRIVATE KEY-----\n${CANARY}`],
	['a connection string', `host=db password=${CANARY} user=n8n`],
	['a quoted password', `{"user":"a","password":"${CANARY} with blanks, and commas"}`],
	['a single-quoted secret', `{ clientSecret: '${CANARY} two', id: 1 }`],
	['a long token', `access_token=${CANARY}`],
	['a field named password', { host: 'db', password: CANARY }],
	[
		'a field named like a header',
		{ headers: { Authorization: [CANARY], 'Set-Cookie': [CANARY], 'x-api-key': CANARY } },
	],
	[
		'everything under a secret name',
		{ auth: { username: CANARY, password: CANARY }, clientSecret: { value: [CANARY] } },
	],
	['a stack', { stack: `Error: no\n    at x (file.js:1:2) { token: '${CANARY}' }` }],
	['a field name', { [`Bearer ${CANARY}`]: 1 }],
	['deep inside', { a: [{ b: [{ c: `password: ${CANARY}` }] }] }],
];

/** Values that an operator needs to find the failure; nothing of them may be lost. */
export const HARMLESS: JsonValue[] = [
	'The lease of execution 0190a7c2-6e1b-4f5e-9c38-7d6a1f2b3c4d ran out while started (n8n execution 4711).',
	{ taskId: '9007199254740993', idempotencyKey: 'topic-2026-how-to-brew-tea-9f86d081884c7d65', epoch: 3 },
	{ webhookId: 'msg_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
	{ sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
	{ slotKey: 'heartbeat:300:2026-01-01T12:00:00Z', fencingToken: 12345, lock: 'nightly', max_tokens: 4096 },
	{ input_tokens: 1000, output_tokens: 500, tokensUsed: 3, keywords: ['token bucket', 'secret garden'] },
	'Basic authentication is required',
	'nothing listens at 127.0.0.1:5432',
	'http://127.0.0.1:5678/webhook/mo-main/content_pipeline?mail=a@b.example',
	'Unexpected token < in JSON at position 0',
	'The signing secret is missing; the password has 12 characters',
	'task-12345678-abcdefgh and risk-assessment-2026-11',
	'the idempotency key: topic-2026-how-to-brew-tea',
	{ message: null, ok: true, n: -1.5, list: [], object: {} },
];
