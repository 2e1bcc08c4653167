/** What a removed secret leaves behind. */
export const REDACTED = '***';

/** Words before a secret in a text. */
const NAMED =
	'(passwords?|passwd|pwd|passphrase|secrets?|(?:api|access|private|signing|shared|encryption)[ _-]?keys?(?: provided)?)';

/**
 * How a secret looks inside a text. The same patterns stand in migrations/functions/redact_text.sql (a test compares), so
 * they use only what JavaScript and Postgres read alike: no \s, \b, \d, no lazy quantifier, look-behind of fixed length.
 */
export interface TextRule {
	readonly pattern: string;
	readonly ignoreCase: boolean;
	/** `$1`, `$2`: what of the match stays. */
	readonly replacement: string;
}

export const TEXT_RULES: readonly TextRule[] = [
	// -----BEGIN PRIVATE KEY----- … -----END PRIVATE KEY-----, also one that was cut off.
	{
		pattern: '-----BEGIN [A-Z0-9 ]+-----[^-]*(?:-----END [A-Z0-9 ]+-----)?',
		ignoreCase: false,
		replacement: REDACTED,
	},
	// scheme://user:password@host
	{
		pattern: '(://[^ \\t\\r\\n/:@"]*):[^ \\t\\r\\n/"<>]*@',
		ignoreCase: false,
		replacement: `$1:${REDACTED}@`,
	},
	// authorization: …, cookie: … to the end of the line or of the quoted text.
	{
		pattern:
			'(?<![A-Za-z0-9])((?:proxy-)?authorization|(?:set-)?cookie)((?:\\\\?["\\u0027])?[ \\t]*[:=][ \\t]*(?:\\\\?["\\u0027])?)[^"\\u0027\\\\\\r\\n]+',
		ignoreCase: true,
		replacement: `$1$2${REDACTED}`,
	},
	// Authorization values without their header's name; before the names, which take one word: “key: Bearer …”.
	{
		pattern: '(?<![A-Za-z0-9])(bearer)[ \\t]+[A-Za-z0-9._~+/=-]{8,}',
		ignoreCase: true,
		replacement: `$1 ${REDACTED}`,
	},
	{
		pattern: '(?<![A-Za-z0-9])(Basic|basic|BASIC)[ \\t]+(?=[a-z+/]*[0-9A-Z=])[A-Za-z0-9+/=_-]{8,}',
		ignoreCase: false,
		replacement: `$1 ${REDACTED}`,
	},
	// password=…, "apiKey": "…", client_secret: …: whatever follows, in quotes, in quotes inside of JSON text, or bare. Not
	// `token`: that word is also a count and a grammar.
	{
		pattern: `${NAMED}("?[ \\t]*[:=][ \\t]*")(?:[^"\\\\]|\\\\[^\\r\\n])+`,
		ignoreCase: true,
		replacement: `$1$2${REDACTED}`,
	},
	{
		pattern: `${NAMED}((?:\\\\")?[ \\t]*[:=][ \\t]*\\\\")[^"\\\\]+`,
		ignoreCase: true,
		replacement: `$1$2${REDACTED}`,
	},
	{
		pattern: `${NAMED}(\\u0027?[ \\t]*[:=][ \\t]*\\u0027)[^\\u0027]+`,
		ignoreCase: true,
		replacement: `$1$2${REDACTED}`,
	},
	{
		pattern: `${NAMED}("?[ \\t]*[:=][ \\t]*)[^ \\t\\r\\n,;&"\\u0027<>})\\]\\\\]+`,
		ignoreCase: true,
		replacement: `$1$2${REDACTED}`,
	},
	// ?key=…, &token=… of an address. Other keys (of a task, a slot, a lock) are no secrets.
	{
		pattern: '([?&](?:key|token|sig|signature|code)=)[^&# \\t\\r\\n"<>]+',
		ignoreCase: true,
		replacement: `$1${REDACTED}`,
	},
	// token=…, signature: … when long enough to be one.
	{
		pattern:
			'(tokens?|signature)((?:\\\\?["\\u0027])?[ \\t]*[:=][ \\t]*(?:\\\\?["\\u0027])?)[A-Za-z0-9._~+/=-]{16,}',
		ignoreCase: true,
		replacement: `$1$2${REDACTED}`,
	},
	// Keys that say themselves what they are: OpenAI and others, Google, Standard Webhooks, GitHub, Slack, AWS, n8n.
	{
		pattern:
			'(?<![A-Za-z0-9])(?:sk-[A-Za-z0-9*_-]{8,}|AIza[A-Za-z0-9_-]{10,}|whsec_[A-Za-z0-9+/=_-]{8,}|gh[pousr]_[A-Za-z0-9]{10,}|xox[abeoprs]-[A-Za-z0-9-]{8,}|AKIA[A-Z0-9]{12,}|n8n_api_[A-Za-z0-9]{8,})',
		ignoreCase: false,
		replacement: REDACTED,
	},
	// JSON Web Tokens.
	{
		pattern: '(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]+(?:[.][A-Za-z0-9_-]*)?',
		ignoreCase: false,
		replacement: REDACTED,
	},
];

/** A field of this name (letters and digits only, lower case) holds a secret, whatever it looks like. */
export const SECRET_NAME =
	'^auth$|(?:passwords?|passwd|pwd|passphrase|secrets?|(?:api|access|private|signing|shared|encryption)keys?|authorization|cookies?|jwt|token|signature)$';

/** Names that end like a secret's and are none: a lock's fencing token is a number that operators compare. */
export const PUBLIC_NAME = '(?:fencing|next|page|continuation)token$';
