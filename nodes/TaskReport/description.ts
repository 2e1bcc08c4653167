import type { INodeProperties } from 'n8n-workflow';
import { forOperation, operationProperty, operationSubtitle } from '../shared/description';

export const SUBTITLE = operationSubtitle({ report: 'report' });

const operation = operationProperty([
	{
		name: 'Report',
		value: 'report',
		description: 'Send one signed report per execution',
		action: 'Report the outcome of tasks',
	},
]);

const report: INodeProperties[] = [
	{
		displayName: 'Outcome',
		name: 'outcome',
		type: 'options',
		default: 'auto',
		options: [
			{ name: 'Auto', value: 'auto', description: 'Failed when the item has an error, else succeeded' },
			{ name: 'Failed', value: 'failed' },
			{ name: 'Succeeded', value: 'succeeded' },
		],
		description: 'How the task of this item ended',
	},
	{
		displayName: 'Result',
		name: 'result',
		type: 'json',
		default: '={{ $json.result ?? {} }}',
		description: 'JSON object that is stored with the task',
	},
	{
		displayName: 'Usage',
		name: 'usage',
		type: 'json',
		default: '={{ $json.usage ?? [] }}',
		description: 'List of provider, model, requests, input_tokens and output_tokens',
	},
	{
		displayName: 'Retry',
		name: 'retry',
		type: 'json',
		default: '={{ $json.details?.retry ?? {} }}',
		description: 'Advice for a failed task: recommended (true or false) and not_before (ISO time or null)',
		hint: 'LLM Call fills it when a provider says when to come back; empty means the type’s own backoff',
	},
	{
		displayName: 'Task',
		name: 'task',
		type: 'json',
		default: "={{ $('Task Trigger').item.json }}",
		required: true,
		description: 'Item of the Task Trigger that this item descends from',
		hint: 'Change it when your trigger node has another name',
	},
];

export const properties: INodeProperties[] = [operation, ...forOperation('report', report)];
