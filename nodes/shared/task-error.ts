import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { redactText, type TaskError } from '../../core';
import { toSafeJson } from './json';

const MAX_MESSAGE_CHARS = 2000;
const MAX_STACK_CHARS = 8000;
/** Larger parameters than this are told by their size. */
const MAX_PARAMETERS_CHARS = 16_000;

const text = z.string().optional().catch(undefined);
const failure = z.union([
	z.string().transform((message) => ({ message, code: undefined, stack: undefined, node: undefined })),
	z.object({
		message: text,
		code: z.coerce.string().optional().catch(undefined),
		stack: text,
		node: z
			.union([
				z.string().transform((name) => ({ name, parameters: undefined })),
				z.object({ name: z.string(), parameters: z.looseObject({}).optional().catch(undefined) }),
			])
			.optional()
			.catch(undefined),
	}),
]);

export interface ErrorNotes {
	code?: string | undefined;
	node?: string | undefined;
	/** Stands for an error without a message. */
	otherwise: string;
}

/**
 * What is kept of any failure that n8n shows: message, code, stack, node and the parameters of that node, without secrets.
 * What the error itself says wins over the notes.
 */
export function taskErrorOf(error: unknown, { code, node, otherwise }: ErrorNotes): TaskError {
	const { data: found } = failure.safeParse(error);
	const kept = {
		code: found?.code ?? code,
		stack: bounded(found?.stack, MAX_STACK_CHARS),
		node: found?.node?.name ?? node,
		parameters: boundedParameters(found?.node?.parameters),
	};
	return {
		message: bounded(found?.message?.trim(), MAX_MESSAGE_CHARS) || otherwise,
		...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
	};
}

/** Secrets go first: one that is cut in two is not known for one. */
const bounded = (long: string | undefined, chars: number) =>
	long === undefined ? undefined : redactText(long).slice(0, chars);

function boundedParameters(parameters: object | undefined) {
	if (parameters === undefined) return undefined;
	const kept = toSafeJson(parameters);
	const { length } = JSON.stringify(kept);
	return length <= MAX_PARAMETERS_CHARS ? kept : { omitted: `${length} characters` };
}

/** Our own nodes put the code beside the message. */
const detailsOf = z.object({ code: z.string().optional() }).optional().catch(undefined);

/** What “continue on fail” left in `error`: a text or an object. Null: the item carries no error. */
export function readTaskError(json: IDataObject): TaskError | null {
	if (json.error === undefined || json.error === null || json.error === false) return null;
	return taskErrorOf(json.error, {
		code: detailsOf.parse(json.details)?.code,
		otherwise: 'The item carries an error without a message.',
	});
}
