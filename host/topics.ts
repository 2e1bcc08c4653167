import { parse } from 'csv-parse/sync';
import { z } from 'zod/v4';
import type { NewTask } from '../core';

const row = z.object({
	topic: z.string().min(3),
	language: z.string().regex(/^[a-z]{2}$/, 'two letters, like en'),
	category: z.string().min(1),
	priority: z.coerce.number().int().min(1).max(10),
	target_keyword: z.string().min(1),
});

export interface Topics {
	tasks: NewTask[];
	/** One line for each bad row, with its number (the header is 1) and column. */
	complaints: string[];
}

/** Reads `samples/topics.csv` into tasks; the same topic always gets the same idempotency key. */
export function readTopics(csv: string): Topics {
	const records: Record<string, string>[] = parse(csv, { columns: true, skip_empty_lines: true, trim: true, bom: true });
	const topics: Topics = { tasks: [], complaints: [] };
	records.forEach((record, index) => {
		const parsed = row.safeParse(record);
		if (parsed.success) topics.tasks.push(taskOf(parsed.data));
		else topics.complaints.push(...parsed.error.issues.map((issue) => complaint(index + 2, record, issue)));
	});
	return topics;
}

function taskOf({ priority, ...input }: z.infer<typeof row>): NewTask {
	return { workflowType: 'content_pipeline', input, priority, idempotencyKey: `topic:${slug(input.topic)}` };
}

function complaint(line: number, record: Record<string, string>, issue: z.core.$ZodIssue): string {
	const column = String(issue.path[0]);
	return `row ${line}, column ${column}: “${record[column] ?? ''}”: ${issue.message}`;
}

/** Letters and digits of any script, joined by hyphens. */
const slug = (text: string) =>
	text
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-|-$/g, '');
