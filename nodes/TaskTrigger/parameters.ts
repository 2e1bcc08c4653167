import { z } from 'zod/v4';

/** Which tasks this trigger takes. */
export const triggerParameters = z.object({
	deployment: z.string().trim().min(1, 'is empty: use “main” or the name of your deployment'),
	workflowType: z.string().trim().min(1, 'is empty: name the workflow type that this workflow works on'),
});

export const triggerOptions = z.object({ internalBaseUrl: z.string().optional() });
