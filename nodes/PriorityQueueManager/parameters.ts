import { z } from 'zod/v4';
import { EXECUTION_ID, InvalidInputError, type QueueTarget, redactText, TASK_ID } from '../../core';

const isEmpty = (value: unknown) =>
	value === undefined ||
	value === null ||
	(typeof value === 'string' && value.trim() === '') ||
	(Array.isArray(value) && value.length === 0);

/**
 * A collection of n8n: only what a person added is there. A field that was added and is empty is refused: where an
 * expression finds nothing, a filter would mean everything and a key would be none.
 */
export function collection<S extends z.ZodRawShape>(shape: S) {
	return z.preprocess((value, context) => {
		for (const [name, field] of Object.entries(value ?? {})) {
			if (!isEmpty(field)) continue;
			const message = 'is empty: fill it in, or remove it from the collection';
			context.addIssue({ code: 'custom', path: [name], message, input: field });
		}
		return value;
	}, z.object(shape));
}

/** Trimmed; numbers of expressions count as their digits. */
export const text = (ifEmpty: string) =>
	z.unknown().transform((value, context) => {
		if (!isEmpty(value)) return String(value).trim();
		context.addIssue({ code: 'custom', message: `is empty: ${ifEmpty}` });
		return z.NEVER;
	});

/** A field of a collection. */
export const optionalText = text('fill it in').optional();

const LONGEST_QUOTE = 40;
/** Secrets go first: one that is cut in two is not known for one. */
const quoted = (value: unknown) => `“${redactText(String(value)).slice(0, LONGEST_QUOTE)}”`;

/** The number of a task, as text. */
export const taskId = z.unknown().transform((value, context) => {
	const id = isEmpty(value) ? '' : String(value).trim();
	if (TASK_ID.test(id)) return id;
	const message =
		id === ''
			? 'is empty: name a task, e.g. {{ $json.taskId }} behind List'
			: `${quoted(id)} is no task ID: a whole number is expected, as List and Enqueue give it`;
	context.addIssue({ code: 'custom', message });
	return z.NEVER;
});

/** The id of an execution of ours. */
export const executionId = z.unknown().transform((value, context) => {
	const id = isEmpty(value) ? '' : String(value).trim();
	if (EXECUTION_ID.test(id)) return id;
	const message =
		id === ''
			? 'is empty: name an execution, e.g. {{ $json.execution.id }} behind a Task Trigger'
			: `${quoted(id)} is no execution ID: a UUID is expected, as the Task Trigger and Claim give it`;
	context.addIssue({ code: 'custom', message });
	return z.NEVER;
});

/** One or several, as text with commas, a number, or the list that an expression yields. */
export const taskIds = z
	.unknown()
	.transform(partsOf)
	.pipe(z.array(taskId).min(1, 'is empty: name at least one task'));

/** Names with commas between them, or a list. */
export const names = z
	.unknown()
	.transform(partsOf)
	.pipe(z.array(text('name at least one')).min(1));

function partsOf(value: unknown): unknown[] {
	if (isEmpty(value)) return [];
	if (Array.isArray(value)) return value;
	return String(value)
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

export const limit = (most: number) => z.coerce.number().int().min(1).max(most);

/** Why a person does it, for the log and for whoever asks Explain. */
export const reason = text('say why, in a few words').pipe(z.string().max(500));

/** One fair key, or a workflow type with all of its keys. */
export const targetParameters = {
	target: z.enum(['workflowType', 'fairKey']),
	name: text('name a workflow type or a fair key'),
};

export function targetOf({ target, name }: { target: 'workflowType' | 'fairKey'; name: string }): {
	target: QueueTarget;
	/** In a sentence. */
	title: string;
} {
	return target === 'fairKey'
		? { target: { fairKey: name }, title: `Fair key ${name}` }
		: { target: { workflowType: name }, title: `Workflow type ${name}` };
}

export const noSuchTask = (id: string) =>
	new InvalidInputError(
		`There is no task ${id}.`,
		'Take the ID from an item of List or Enqueue, or from `master-orchestrator history`, which shows archived tasks too.',
	);
