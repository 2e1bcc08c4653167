import { z } from 'zod/v4';
import { type Debounce, successor } from '../../core';
import { jsonParameter } from '../shared/json';

/** One set of fields, as n8n's fixed collection gives it. */
export const debounceParameter = z
	.object({
		values: z
			.object({
				key: z.coerce.string().trim().min(1, 'is empty: sends with one key become one task'),
				seconds: z.coerce.number().positive(),
				/** 0 = 10 times `seconds`. */
				maxSeconds: z.coerce.number().nonnegative().default(0),
				keep: z.enum(['first', 'last']).default('last'),
			})
			.optional(),
	})
	.transform(({ values }): Debounce | undefined => {
		if (values === undefined) return undefined;
		const { maxSeconds, ...debounce } = values;
		return maxSeconds === 0 ? debounce : { ...debounce, maxSeconds };
	});

/** A list; a single one may stand without brackets. Empty = none. */
export const successorsParameter = jsonParameter(z.unknown())
	.transform((value) => {
		if (Array.isArray(value)) return value as unknown[];
		return value !== null && typeof value === 'object' && Object.keys(value).length === 0 ? [] : [value];
	})
	.pipe(z.array(successor))
	.transform((list) => (list.length === 0 ? undefined : list));
