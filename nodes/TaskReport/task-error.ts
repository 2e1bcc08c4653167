import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { TaskError } from '../../core';

const MAX_MESSAGE_CHARS = 2000;

const errorValue = z.union([
	z.string().transform((message): { message: string; code?: string; node?: string } => ({ message })),
	z.object({
		message: z.string(),
		code: z.coerce.string().optional().catch(undefined),
		node: z
			.union([z.string(), z.object({ name: z.string() }).transform((node) => node.name)])
			.optional()
			.catch(undefined),
	}),
]);

/** Our own nodes put the code beside the message. */
const detailsOf = z.object({ code: z.string().optional() }).optional().catch(undefined);

/** What “continue on fail” left in `error`: a text or an object. Null: the item carries no error. */
export function readTaskError(json: IDataObject): TaskError | null {
	if (json.error === undefined || json.error === null || json.error === false) return null;
	const parsed = errorValue.safeParse(json.error);
	if (!parsed.success) return { message: 'The item carries an error without a message.' };
	const { message, node } = parsed.data;
	const code = parsed.data.code ?? detailsOf.parse(json.details)?.code;
	return {
		message: message.trim().slice(0, MAX_MESSAGE_CHARS) || 'The item carries an error without a message.',
		...(code === undefined ? {} : { code }),
		...(node === undefined ? {} : { node }),
	};
}
