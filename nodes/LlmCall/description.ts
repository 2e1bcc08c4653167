import type { INodeProperties } from 'n8n-workflow';
import { forOperation, operationProperty, operationSubtitle } from '../shared/description';

export const SUBTITLE = operationSubtitle({ complete: 'complete' });

const operation = operationProperty([
	{
		name: 'Complete',
		value: 'complete',
		description: 'Send one prompt and wait for the answer',
		action: 'Complete a prompt',
	},
]);

const complete: INodeProperties[] = [
	{
		displayName: 'Prompt',
		name: 'prompt',
		type: 'string',
		typeOptions: { rows: 6 },
		default: '',
		required: true,
		description: 'Text that the model gets as the user’s message',
	},
	{
		displayName: 'Max Tokens',
		name: 'maxTokens',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1000,
		description: 'Longest answer in tokens; a longer one is cut',
	},
	{
		displayName: 'Put Answer in Field',
		name: 'outputField',
		type: 'string',
		default: 'text',
		required: true,
		description: 'Name of the field for the text; what it cost is added to the list “usage”',
	},
	{
		displayName: 'Model',
		name: 'model',
		type: 'json',
		default: "={{ $('Task Trigger').item.json.model }}",
		required: true,
		description: 'Provider (openai or gemini), model and base_url, as the orchestrator chose them',
		hint: 'Change it when your trigger node has another name',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Timeout (Seconds)',
				name: 'timeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 600 },
				default: 60,
				description: 'Longest wait for the answer',
			},
		],
	},
];

export const properties: INodeProperties[] = [operation, ...forOperation('complete', complete)];
