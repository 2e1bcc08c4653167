import type { Check } from './check';

const MARKS: Readonly<Record<Check['state'], string>> = {
	ok: 'ok',
	notice: 'notice',
	failed: 'FAILED',
	skipped: 'skipped',
};

/** A table with a line a check, its findings below it. */
export function describeChecks(checks: readonly Check[]): string {
	const width = Math.max(...checks.map(({ code }) => code.length));
	return checks
		.flatMap(({ code, promise, state, findings }) => [
			`${code.padEnd(width)}  ${MARKS[state].padEnd(7)}  ${promise}`,
			...findings.map((line) => `${' '.repeat(width)}  - ${line}`),
		])
		.join('\n');
}
