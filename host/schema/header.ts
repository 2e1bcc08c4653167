/** What the comment in front of a function promises, by its labels. */
export interface FunctionHeader {
	/** Under `Caller`, `Promise`, `Guard`, `Answer` and whatever else it names, in its order. */
	parts: { label: string; text: string }[];
	/** A statement that runs in psql as it stands; null = not meant for psql. */
	example: string | null;
	/** SQLSTATEs of ours that it names. */
	errors: string[];
}

const LABEL = /(?<=^|[.;] |\n)([A-Z][a-z]+(?: and [a-z]+)?(?: \([^)]*\))?):\s/g;

/** Reads the comment that a file in migrations/functions begins with. */
export function readHeader(sql: string): FunctionHeader {
	const lines = sql.split('\n');
	const end = lines.findIndex((line) => !line.startsWith('--'));
	const comment = lines.slice(0, end).map((line) => line.replace(/^-- ?/, ''));
	const examples = comment.filter((line) => line.startsWith('Example: '));
	const text = comment.filter((line) => !line.startsWith('Example: ')).join('\n');
	const starts = [...text.matchAll(LABEL)];
	const parts = starts.map((match, index) => ({
		label: match[1] ?? '',
		text: text
			.slice(match.index + match[0].length, starts[index + 1]?.index)
			.replaceAll(/\s+/g, ' ')
			.trim(),
	}));
	return {
		parts,
		example: examples[0]?.slice('Example: '.length) ?? null,
		errors: [...new Set(text.match(/OR\d{3}/g) ?? [])].sort(),
	};
}
