import { z } from 'zod/v4';

/** Any JSON value, as it travels in envelopes. */
export const jsonValue = z.json();
export type JsonValue = z.infer<typeof jsonValue>;

/** A JSON object: the shape of every task input, result and context. */
export const jsonObject = z.record(z.string(), jsonValue);
export type JsonObject = z.infer<typeof jsonObject>;
