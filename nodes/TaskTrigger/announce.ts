import type { IHookFunctions } from 'n8n-workflow';
import { registerEndpoint } from '../shared/endpoint-registration';
import { triggerOptions, triggerParameters } from './parameters';

/** Tells the orchestrator where tasks of this type are taken. */
export async function announce(host: IHookFunctions): Promise<boolean> {
	const { deployment, workflowType } = triggerParameters.parse({
		deployment: host.getNodeParameter('deployment'),
		workflowType: host.getNodeParameter('workflowType'),
	});
	const { internalBaseUrl } = triggerOptions.parse(host.getNodeParameter('options', {}));
	return await registerEndpoint(host, { deployment, kind: 'task', workflowType, internalBaseUrl });
}
