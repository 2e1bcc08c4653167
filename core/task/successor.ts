import { z } from 'zod/v4';
import { jsonObject } from '../contract';
import type { Successor } from './task';

/** A successor as somebody writes it. A misspelt field is an error: a condition that silently does not count would be worse. */
export const successor: z.ZodType<Successor> = z.strictObject({
	workflowType: z.string().min(1),
	when: z.enum(['succeeded', 'dead', 'ended']).optional(),
	condition: z.string().optional(),
	input: jsonObject.optional(),
	map: z.record(z.string(), z.string()).optional(),
	priority: z.int().min(1).max(10).optional(),
	delaySeconds: z.number().nonnegative().optional(),
	get successors() {
		return z.array(successor).optional();
	},
});
