import { SigningSecretError } from '../errors';
import type { SigningSecret } from './secret';

/** The three headers of Standard Webhooks. */
export interface SignedHeaders {
	'webhook-id': string;
	'webhook-timestamp': string;
	'webhook-signature': string;
}

export interface SignRequest {
	/** Stays the same for every retry of the same message. */
	id: string;
	/** Instant of this attempt; a retry is signed anew. */
	at: Date;
	rawBody: string | Buffer;
	/** Every secret signs, so that receivers on either side of a rotation accept. */
	secrets: readonly SigningSecret[];
}

/** Signs `id.timestamp.rawBody`; no secret at all is an error, never an unsigned message. */
export function sign({ id, at, rawBody, secrets }: SignRequest): SignedHeaders {
	if (secrets.length === 0)
		throw new SigningSecretError('No signing secret was given.', 'Set the signing secret.');
	const timestamp = String(Math.floor(at.getTime() / 1000));
	const content = signedContent(id, timestamp, rawBody);
	return {
		'webhook-id': id,
		'webhook-timestamp': timestamp,
		'webhook-signature': secrets.map((secret) => `v1,${secret.hmac(content).toString('base64')}`).join(' '),
	};
}

/** The exact bytes under the signature; the body is never decoded and encoded again. */
export function signedContent(id: string, timestamp: string, rawBody: string | Buffer): Buffer {
	const body = typeof rawBody === 'string' ? Buffer.from(rawBody, 'utf8') : rawBody;
	return Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'utf8'), body]);
}
