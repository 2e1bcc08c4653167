import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Keys of language models, each bound to the address it may be sent to. LLM Call tests it; both keys may be empty. */
export class OrchestratorLlm implements ICredentialType {
	name = 'orchestratorLlm';
	displayName = 'Orchestrator LLM';
	documentationUrl = 'https://github.com/master-orchestrator/n8n-nodes-master-orchestrator#credentials';
	icon: Icon = { light: 'file:orchestratorLlm.svg', dark: 'file:orchestratorLlm.dark.svg' };
	properties: INodeProperties[] = [
		{
			displayName:
				'Fill in one key or both. Each is sent only to the base URL below it.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'OpenAI API Key',
			name: 'openAiApiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Empty when OpenAI is not used',
		},
		{
			displayName: 'OpenAI Base URL',
			name: 'openAiUrl',
			type: 'string',
			default: 'https://api.openai.com/v1',
			description: 'The key is sent to this address only; any server that speaks OpenAI’s protocol will do',
		},
		{
			displayName: 'Gemini API Key',
			name: 'geminiApiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Empty when Gemini is not used',
		},
		{
			displayName: 'Gemini Base URL',
			name: 'geminiUrl',
			type: 'string',
			default: 'https://generativelanguage.googleapis.com/v1beta',
			description: 'The key is sent to this address only',
		},
	];
}
