import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** A key of n8n's public API. State Machine Controller tests it; without it nothing but the stopping of zombies is missing. */
export class OrchestratorN8nApi implements ICredentialType {
	name = 'orchestratorN8nApi';
	displayName = 'Orchestrator n8n API';
	documentationUrl = 'https://github.com/master-orchestrator/n8n-nodes-master-orchestrator#credentials';
	icon: Icon = { light: 'file:orchestratorN8nApi.svg', dark: 'file:orchestratorN8nApi.dark.svg' };
	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'http://localhost:5678',
			required: true,
			description: 'Where this n8n itself answers, without /api/v1; the key is sent to this address only',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Made in Settings → n8n API, with the scope execution:stop and no other',
		},
	];
}
