import { Webhook } from 'standardwebhooks';
import { parseSecret, parseSecrets, sign, SigningSecretError, verify } from '../../core';

const base64 = Buffer.alloc(32, 7).toString('base64');
const plain = 'a plain secret of some length';
const now = new Date('2026-01-01T12:00:00Z');
const rawBody = '{"tea":"グリーン ティー","n":1}';
const secrets = parseSecrets(`whsec_${base64}`);
const signed = () => ({ ...sign({ id: 'msg_1', at: now, rawBody, secrets }) });
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test('the reference implementation of Standard Webhooks accepts what we sign', () => {
	const headers = sign({ id: 'msg_1', at: new Date(), rawBody, secrets });
	expect(new Webhook(`whsec_${base64}`).verify(rawBody, { ...headers })).toEqual(JSON.parse(rawBody));
});

test('we accept what the reference implementation signs', () => {
	const signature = new Webhook(`whsec_${base64}`).sign('msg_2', now, rawBody);
	const headers = {
		'webhook-id': 'msg_2',
		'webhook-timestamp': String(now.getTime() / 1000),
		'webhook-signature': signature,
	};
	expect(verify({ headers, rawBody, secrets, now })).toEqual({ verified: true, id: 'msg_2', at: now });
});

test('bytes are verified as received: text and buffer are the same', () => {
	expect(verify({ headers: signed(), rawBody: Buffer.from(rawBody), secrets, now })).toMatchObject({
		verified: true,
	});
});

test.each([
	['a changed body', { rawBody: rawBody.replace('1', '2') }, 'bad_signature'],
	[
		'the same JSON written otherwise',
		{ rawBody: JSON.stringify(JSON.parse(rawBody), null, 1) },
		'bad_signature',
	],
	['another secret', { secrets: parseSecrets(plain) }, 'bad_signature'],
	['a message that is 301 s old', { now: at(301) }, 'too_old'],
	['a message from 301 s ahead', { now: at(-301) }, 'too_new'],
])('%s is refused', (_, change, reason) => {
	expect(verify({ headers: signed(), rawBody, secrets, now, ...change })).toEqual({
		verified: false,
		reason,
	});
});

test('the tolerance is 300 s both ways', () => {
	for (const seconds of [-300, 300]) {
		expect(verify({ headers: signed(), rawBody, secrets, now: at(seconds) })).toMatchObject({
			verified: true,
		});
	}
});

test.each([
	[{ 'webhook-id': undefined }, 'missing_header'],
	[{ 'webhook-timestamp': undefined }, 'missing_header'],
	[{ 'webhook-signature': undefined }, 'missing_header'],
	[{ 'webhook-signature': ['v1,x', 'v1,y'] }, 'missing_header'],
	[{ 'webhook-timestamp': 'soon' }, 'bad_timestamp'],
	[{ 'webhook-timestamp': '1e3' }, 'bad_timestamp'],
	[{ 'webhook-id': 'msg_2' }, 'bad_signature'],
	[{ 'webhook-signature': 'v1,' }, 'bad_signature'],
	[{ 'webhook-signature': 'v1a,AAAA' }, 'bad_signature'],
	[{ 'webhook-signature': 'nonsense' }, 'bad_signature'],
])('headers changed by %j are refused as %s', (change, reason) => {
	expect(verify({ headers: { ...signed(), ...change }, rawBody, secrets, now })).toEqual({
		verified: false,
		reason,
	});
});

test('a signature of another scheme with our digest does not count', () => {
	const headers = { ...signed(), 'webhook-signature': signed()['webhook-signature'].replace('v1,', 'v2,') };
	expect(verify({ headers, rawBody, secrets, now })).toMatchObject({ verified: false });
});

test('during a rotation both sides may lag: old and new secret verify each other', () => {
	const both = parseSecrets(`whsec_${base64}`, plain);
	const oldOnly = parseSecrets(plain);
	expect(
		verify({
			headers: { ...sign({ id: 'm', at: now, rawBody, secrets: oldOnly }) },
			rawBody,
			secrets: both,
			now,
		}),
	).toMatchObject({ verified: true });
	expect(
		verify({
			headers: { ...sign({ id: 'm', at: now, rawBody, secrets: both }) },
			rawBody,
			secrets: oldOnly,
			now,
		}),
	).toMatchObject({ verified: true });
});

test.each([
	undefined,
	null,
	'',
	'   ',
	'short',
	'whsec_',
	'whsec_not base64!',
	`whsec_${Buffer.alloc(8).toString('base64')}`,
])('the secret %j fails closed', (secret) => {
	expect(() => parseSecret(secret)).toThrow(SigningSecretError);
});

test('a missing secret is called missing, not short', () => {
	expect(() => parseSecret('  ')).toThrow('missing or empty');
});

test('without any secret nothing is signed and nothing verified', () => {
	expect(() => sign({ id: 'm', at: now, rawBody, secrets: [] })).toThrow(SigningSecretError);
	expect(() => verify({ headers: signed(), rawBody, secrets: [], now })).toThrow(SigningSecretError);
});

test('a secret shows itself neither in errors nor in JSON', () => {
	expect(() => parseSecret('tooShortSecret')).toThrow(
		expect.objectContaining({ message: expect.not.stringContaining('tooShort') }),
	);
	expect(JSON.stringify({ secret: parseSecret(plain) })).not.toContain('plain');
});
