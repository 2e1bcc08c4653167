import { type JsonValue, redact } from '../core';
import { plain } from './plain-text';

/** Width when the output is a file or a pipe: nothing is cut there. */
const UNBOUNDED = Infinity;
const GAP = '  ';
/** A column that may shrink keeps at least this much. */
const NARROWEST = 12;

export interface Column<T> {
	title: string;
	right?: true;
	/** Cut first when the terminal is narrow. */
	shrinks?: true;
	cell: (row: T) => string;
}

/** Plain aligned text, a line each; `width` in characters, undefined = not a terminal. */
export function renderTable<T>(
	columns: readonly Column<T>[],
	rows: readonly T[],
	width: number | undefined,
): string {
	const cells = rows.map((row) => columns.map((column) => column.cell(row)));
	const natural = columns.map(({ title }, index) =>
		Math.max(title.length, ...cells.map((row) => lengthOf(row[index] ?? ''))),
	);
	const widths = fit(columns, natural, width ?? UNBOUNDED);
	const lines = [columns.map(({ title }) => title), widths.map((each) => '-'.repeat(each)), ...cells];
	return lines.map((row) => layOutRow(columns, row, widths)).join('\n');
}

/**
 * A value of somebody else, on one line and without secrets: taken out before a narrow terminal cuts the text, because half
 * a secret does not look like one. As long as it is: a pipe gets all of it.
 */
export function cellText(value: JsonValue | undefined): string {
	if (value === undefined || value === null) return '';
	const shown = redact(value);
	const text = typeof shown === 'string' ? shown : JSON.stringify(shown);
	return plain(text.replaceAll(/\s+/g, ' ').trim(), UNBOUNDED);
}

/** Takes from the widest column that may shrink until the row fits, or until none can give more. */
function fit<T>(columns: readonly Column<T>[], natural: readonly number[], width: number): number[] {
	const widths = [...natural];
	const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
	while (total() > width) {
		const givers = columns.flatMap(({ shrinks }, index) => (shrinks ? [index] : []));
		const widest = givers.reduce(
			(best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
			givers[0] ?? 0,
		);
		if ((widths[widest] ?? 0) <= NARROWEST) break;
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return widths;
}

function layOutRow<T>(
	columns: readonly Column<T>[],
	row: readonly string[],
	widths: readonly number[],
): string {
	const cells = row.map((text, index) => {
		const width = widths[index] ?? 0;
		const shown = cut(text, width);
		const space = ' '.repeat(Math.max(0, width - lengthOf(shown)));
		return columns[index]?.right ? `${space}${shown}` : `${shown}${space}`;
	});
	return cells.join(GAP).trimEnd();
}

function cut(text: string, width: number): string {
	const characters = [...text];
	return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

function lengthOf(text: string): number {
	return [...text].length;
}
