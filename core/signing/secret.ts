import { createHmac } from 'node:crypto';
import { SigningSecretError } from '../errors';

/** Shortest accepted key: what the Standard Webhooks specification asks for (24–64 bytes). */
export const MIN_SECRET_BYTES = 24;

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const ACTION = 'Set a secret of at least 24 characters, or whsec_ followed by base64 of 24 random bytes.';

/** A parsed secret. The key is private, so that no log, error or JSON of this object can show it. */
export class SigningSecret {
	readonly #key: Buffer;

	constructor(key: Buffer) {
		this.#key = key;
	}

	hmac(content: Buffer): Buffer {
		return createHmac('sha256', this.#key).update(content).digest();
	}

	toJSON(): string {
		return '[secret]';
	}
}

/** Reads `whsec_<base64>` or plain text. Fails closed: a missing, empty or short secret is a SigningSecretError. */
export function parseSecret(text: string | null | undefined): SigningSecret {
	const trimmed = (text ?? '').trim();
	if (trimmed === '') throw new SigningSecretError('The signing secret is missing or empty.', ACTION);
	const key = trimmed.startsWith(PREFIX)
		? decode(trimmed.slice(PREFIX.length))
		: Buffer.from(trimmed, 'utf8');
	if (key.length < MIN_SECRET_BYTES) {
		const message = `The signing secret has ${key.length} bytes, expected at least ${MIN_SECRET_BYTES}.`;
		throw new SigningSecretError(message, ACTION);
	}
	return new SigningSecret(key);
}

/** The current secret first, then the previous one while a rotation lasts; empty previous = none. */
export function parseSecrets(current: string | null | undefined, previous?: string | null): SigningSecret[] {
	const secrets = [parseSecret(current)];
	if (previous !== undefined && previous !== null && previous.trim() !== '')
		secrets.push(parseSecret(previous));
	return secrets;
}

function decode(base64: string): Buffer {
	if (!BASE64.test(base64))
		throw new SigningSecretError('The signing secret after whsec_ is not base64.', ACTION);
	return Buffer.from(base64, 'base64');
}
