import type { Rule } from './finding';

/** Shapes of keys that must never be in a file: providers' keys, tokens, private keys, addresses with a password. */
const SHAPES: ReadonlyArray<[what: string, shape: RegExp]> = [
	['an OpenAI key', /\bsk-[A-Za-z0-9_-]{16,}/],
	['a Google key', /\bAIza[A-Za-z0-9_-]{20,}/],
	['a webhook secret', /\bwhsec_[A-Za-z0-9+/=]{8,}/],
	['a JSON web token', /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
	['a bearer token', /\bBearer\s+[A-Za-z0-9._-]{8,}/],
	['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
	['an address with a password', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"]+:[^\s/@"]+@/],
	['a password or key field', /"(?:password|secret|apiKey|api_key|token)"\s*:\s*"(?!=)[^"]+"/i],
];

export const secret: Rule = {
	code: 'GEN_SECRET',
	scope: 'any',
	promise: 'No secret is in the file.',
	check: (workflow) => {
		const text = JSON.stringify(workflow);
		return SHAPES.filter(([, shape]) => shape.test(text)).map(
			([what]) => `The file contains what looks like ${what}.`,
		);
	},
};
