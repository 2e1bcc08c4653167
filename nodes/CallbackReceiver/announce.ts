import type { IHookFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import { registerEndpoint } from '../shared/endpoint-registration';

const parameters = z.object({
	deployment: z.string().trim().min(1, 'is empty: use “main” or the name of your deployment'),
	options: z.object({ internalBaseUrl: z.string().optional() }),
});

/** Tells the orchestrator where this deployment's reports are taken; it travels in every dispatch. */
export async function announce(host: IHookFunctions): Promise<boolean> {
	const { deployment, options } = parameters.parse({
		deployment: host.getNodeParameter('deployment'),
		options: host.getNodeParameter('options', {}),
	});
	return await registerEndpoint(host, { deployment, kind: 'callback', workflowType: null, ...options });
}
