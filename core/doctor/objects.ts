/** What differs between the objects of a database and those that the package's migrations make. */
export interface ObjectDifferences {
	/** Names of objects that are wanted and not there, in the order wanted. */
	missing: string[];
	/** Names of objects that are there and not wanted. */
	extra: string[];
	/** There, but other than wanted: “name: what it is, instead of what it should be”. */
	changed: string[];
	/** Owners, grants and policies that are missing, too many or others, each in words. */
	rights: string[];
}

/** Kinds of lines that say who may do what; everything else says what there is. */
const RIGHTS = /^(owner of|rights of|policy) /;

/** Compares lines of orchestrator.schema_objects(): “kind name: definition”. */
export function compareObjects(wanted: readonly string[], there: readonly string[]): ObjectDifferences {
	const [expected, found] = [byName(wanted), byName(there)];
	const missing = [...expected.keys()].filter((name) => !found.has(name));
	const extra = [...found.keys()].filter((name) => !expected.has(name));
	const changed = [...expected].flatMap(([name, definition]) => {
		const other = found.get(name);
		return other === undefined || other === definition ? [] : [`${name}: ${other}, instead of ${definition}`];
	});
	const isRight = (line: string) => RIGHTS.test(line);
	const isThing = (line: string) => !isRight(line);
	return {
		missing: missing.filter(isThing),
		extra: extra.filter(isThing),
		changed: changed.filter(isThing),
		rights: [
			...missing.filter(isRight).map((name) => `missing: ${name}`),
			...extra.filter(isRight).map((name) => `too many: ${name} (${found.get(name)})`),
			...changed.filter(isRight),
		],
	};
}

function byName(lines: readonly string[]): Map<string, string> {
	return new Map(
		lines.map((line) => {
			const end = line.indexOf(': ');
			return [line.slice(0, end), line.slice(end + 2)];
		}),
	);
}
