import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod/v4';
import type { NewTask } from '../core';
import { InvalidInputError } from './failure';

/** One fault of one cell. Rows count as a spreadsheet does: the header is row 1. */
export interface RowProblem {
	row: number;
	column: string;
	value: string;
	expected: string;
}

/** “row 3, column priority: "eleven", expected a whole number from 1 to 10”. */
export function describeProblem({ row, column, value, expected }: RowProblem): string {
	return `row ${row}, column ${column}: ${JSON.stringify(value)}, expected ${expected}`;
}

export interface Topics {
	tasks: NewTask[];
	problems: RowProblem[];
}

const COLUMNS = ['topic', 'language', 'category', 'priority', 'target_keyword'] as const;

/** Each message says what was expected, and follows “expected ”. */
const row = z.object({
	// The key of a task is made of the letters and digits: without any, all such topics would be one task.
	topic: z
		.string()
		.regex(/[\p{L}\p{N}]/u, 'a topic')
		.max(500, 'at most 500 characters'),
	language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language code such as en or pt-BR'),
	category: z.string().min(1, 'a category').max(100, 'at most 100 characters'),
	priority: z
		.string()
		.regex(/^(?:[1-9]|10)$/, 'a whole number from 1 to 10')
		.transform(Number),
	target_keyword: z.string().max(200, 'at most 200 characters'),
});

/** Reads a CSV file of topics. A bad row does not spoil the others; a missing column spoils the file. */
export function readTopics(text: string, workflowType: string): Topics {
	const [header, ...rows] = parseCsv(text);
	const names = checkHeader(header?.cells ?? []);
	const tasks: NewTask[] = [];
	const problems: RowProblem[] = [];
	for (const { number, cells } of rows) {
		const answer = readRow(number, cells, names, workflowType);
		if (answer.task) tasks.push(answer.task);
		problems.push(...answer.problems);
	}
	return { tasks, problems };
}

/** The same topic in the same language is the same task, however often a file is read. */
export function idempotencyKey(workflowType: string, topic: string, language: string): string {
	return `${workflowType}:${slug(topic)}:${language}`;
}

/** Letters and digits of any script, joined by hyphens. */
export function slug(text: string): string {
	return (
		text
			.normalize('NFKC')
			.toLowerCase()
			.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
	).join('-');
}

interface Line {
	number: number;
	cells: string[];
}

const parsed = z.array(z.array(z.string()));

function parseCsv(text: string): Line[] {
	try {
		const records = parsed.parse(
			parse(text, { bom: true, trim: true, relax_column_count: true, skip_empty_lines: false }),
		);
		return records
			.map((cells, index) => ({ number: index + 1, cells }))
			.filter(({ cells }) => cells.some((cell) => cell !== ''));
	} catch (cause) {
		if (!(cause instanceof CsvError)) throw cause;
		throw new InvalidInputError(
			`The file is not CSV: ${cause.message}.`,
			'Save it as comma-separated UTF-8, with quotes closed; nothing was enqueued.',
			{ cause },
		);
	}
}

function checkHeader(cells: string[]): string[] {
	const names = cells.map((cell) => cell.toLowerCase());
	const missing = COLUMNS.filter((column) => !names.includes(column));
	if (missing.length === 0) return names;
	throw new InvalidInputError(
		`The header row has no column ${missing.join(', ')}; it has ${names.join(', ') || 'nothing'}.`,
		`The first row must name the columns ${COLUMNS.join(', ')}; nothing was enqueued.`,
	);
}

function readRow(
	number: number,
	cells: string[],
	names: string[],
	workflowType: string,
): { task?: NewTask; problems: RowProblem[] } {
	if (cells.length !== names.length) {
		const value = `${cells.length} cells`;
		return {
			problems: [{ row: number, column: '(all)', value, expected: `${names.length} as in the header` }],
		};
	}
	const record = Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
	const checked = row.safeParse(record);
	if (checked.success) return { task: taskOf(checked.data, workflowType), problems: [] };
	return {
		problems: checked.error.issues.map((issue) => {
			const column = String(issue.path[0] ?? '(all)');
			return { row: number, column, value: record[column] ?? '', expected: issue.message };
		}),
	};
}

function taskOf({ priority, ...input }: z.output<typeof row>, workflowType: string): NewTask {
	return {
		workflowType,
		priority,
		input,
		idempotencyKey: idempotencyKey(workflowType, input.topic, input.language),
	};
}
