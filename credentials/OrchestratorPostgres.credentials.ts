import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Where the orchestrator's database is. State Machine Controller tests it (n8n's declarative test speaks HTTP only). */
export class OrchestratorPostgres implements ICredentialType {
	name = 'orchestratorPostgres';
	displayName = 'Orchestrator Postgres';
	documentationUrl = 'https://github.com/master-orchestrator/n8n-nodes-master-orchestrator#credentials';
	icon: Icon = { light: 'file:orchestratorPostgres.svg', dark: 'file:orchestratorPostgres.dark.svg' };
	properties: INodeProperties[] = [
		{ displayName: 'Host', name: 'host', type: 'string', default: 'localhost', required: true },
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			default: 5432,
			description:
				'A direct or session port: through a transaction pooler (6543 at Supabase) wake-ups fall back to polling',
		},
		{ displayName: 'Database', name: 'database', type: 'string', default: 'postgres', required: true },
		{ displayName: 'User', name: 'user', type: 'string', default: '', required: true },
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'SSL',
			name: 'ssl',
			type: 'options',
			default: 'disable',
			options: [
				{
					name: 'Disable',
					value: 'disable',
					description: 'Plain connection, for the same machine or network',
				},
				{ name: 'Require', value: 'require', description: 'Encrypted, the certificate is not checked' },
				{
					name: 'Verify Full',
					value: 'verify-full',
					description: 'Encrypted, certificate and host name are checked',
				},
			],
		},
		{
			displayName: 'CA Certificate',
			name: 'ca',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			description: 'PEM text of the certificate authority; empty means those that Node.js trusts',
			displayOptions: { show: { ssl: ['verify-full'] } },
		},
	];
}
