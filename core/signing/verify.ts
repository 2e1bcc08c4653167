import { timingSafeEqual } from 'node:crypto';
import { SigningSecretError } from '../errors';
import type { SigningSecret } from './secret';
import { signedContent } from './sign';

/** How far a timestamp may lie in the past or the future (Standard Webhooks: 5 minutes). */
export const TOLERANCE_SECONDS = 300;

/** A header may list several signatures; more than this is an attack on our processor time. */
const MAX_SIGNATURES = 10;

export interface VerifyRequest {
	/** As the HTTP server gave them: lower-case names, a repeated header as an array (refused). */
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** The bytes as received; parse them only after this said yes. */
	rawBody: string | Buffer;
	/** One matching secret is enough. */
	secrets: readonly SigningSecret[];
	now: Date;
}

export type Verification =
	| { verified: true; id: string; at: Date }
	| { verified: false; reason: 'missing_header' | 'bad_timestamp' | 'too_old' | 'too_new' | 'bad_signature' };

/** Says who wrote these bytes, and lately. Without any secret it throws SigningSecretError: it fails closed. */
export function verify({ headers, rawBody, secrets, now }: VerifyRequest): Verification {
	if (secrets.length === 0)
		throw new SigningSecretError('No signing secret was given.', 'Set the signing secret.');
	const id = single(headers['webhook-id']);
	const timestamp = single(headers['webhook-timestamp']);
	const signatures = single(headers['webhook-signature']);
	if (!id || !timestamp || !signatures) return { verified: false, reason: 'missing_header' };
	if (!/^\d{1,12}$/.test(timestamp)) return { verified: false, reason: 'bad_timestamp' };
	const age = now.getTime() / 1000 - Number(timestamp);
	if (age > TOLERANCE_SECONDS) return { verified: false, reason: 'too_old' };
	if (age < -TOLERANCE_SECONDS) return { verified: false, reason: 'too_new' };
	if (!matches(signedContent(id, timestamp, rawBody), signatures, secrets)) {
		return { verified: false, reason: 'bad_signature' };
	}
	return { verified: true, id, at: new Date(Number(timestamp) * 1000) };
}

/** Compares every signature with every secret, always all of them, so that the time tells nothing. */
function matches(content: Buffer, header: string, secrets: readonly SigningSecret[]): boolean {
	const expected = secrets.map((secret) => secret.hmac(content));
	const given = header
		.split(' ')
		.slice(0, MAX_SIGNATURES)
		.filter((part) => part.startsWith('v1,'));
	let matched = false;
	for (const part of given) {
		const bytes = Buffer.from(part.slice('v1,'.length), 'base64');
		for (const digest of expected) {
			if (bytes.length === digest.length && timingSafeEqual(bytes, digest)) matched = true;
		}
	}
	return matched;
}

function single(value: string | string[] | undefined): string | undefined {
	return typeof value === 'string' ? value : undefined;
}
