import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** The secret that signs dispatches and callbacks. Dispatcher tests its strength. */
export class OrchestratorSigning implements ICredentialType {
	name = 'orchestratorSigning';
	displayName = 'Orchestrator Signing';
	documentationUrl = 'https://github.com/master-orchestrator/n8n-nodes-master-orchestrator#credentials';
	icon: Icon = { light: 'file:orchestratorSigning.svg', dark: 'file:orchestratorSigning.dark.svg' };
	properties: INodeProperties[] = [
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'At least 24 characters, or whsec_ followed by base64 of 24 random bytes; the same for orchestrator and sub-workflows',
		},
		{
			displayName: 'Previous Secret',
			name: 'previousSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'The secret before the last change: it stays valid while a rotation lasts',
		},
	];
}
