import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { type JsonObject, jsonObject, redact } from '../../core';

/** A JSON parameter: n8n gives an object when an expression resolved to one, else the typed text. Empty text is {}. */
export function jsonParameter<S extends z.ZodType>(schema: S) {
	return z
		.unknown()
		.transform((value, context) => {
			if (typeof value !== 'string') return value ?? {};
			if (value.trim() === '') return {};
			try {
				return JSON.parse(value) as unknown;
			} catch {
				context.addIssue({ code: 'custom', message: 'is not valid JSON' });
				return z.NEVER;
			}
		})
		.pipe(schema);
}

const dataObject = z.custom<IDataObject>((value) => typeof value === 'object' && value !== null);

/** What n8n stores and shows: dates become ISO text, undefined disappears. */
export function toJson(value: object): IDataObject {
	return dataObject.parse(JSON.parse(JSON.stringify(value)));
}

/** The same without secrets: what the database tells of tasks ends up in n8n's own records. */
export function toSafeJson(value: object): JsonObject {
	return redact(jsonObject.parse(toJson(value)));
}

/** A value in a callback or item that may be missing: null and undefined count as absent. */
export function present<T>(value: T | null | undefined): value is T {
	return value !== null && value !== undefined;
}
