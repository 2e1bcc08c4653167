import type { INodeProperties } from 'n8n-workflow';
import { forOperation, operationProperty, operationSubtitle } from '../shared/description';

export const SUBTITLE = operationSubtitle({ assemble: 'assemble', publish: 'publish' });

const operation = operationProperty([
	{
		name: 'Assemble',
		value: 'assemble',
		description: 'Make an article of an outline and a draft',
		action: 'Assemble an article',
	},
	{
		name: 'Publish',
		value: 'publish',
		description: 'Publish an article once per task',
		action: 'Publish an article',
	},
]);

const task: INodeProperties = {
	displayName: 'Task',
	name: 'task',
	type: 'json',
	default: "={{ $('Task Trigger').item.json }}",
	required: true,
	description: 'Item of the Task Trigger that this item descends from',
};

const assemble: INodeProperties[] = [
	{
		displayName: 'Outline',
		name: 'outline',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '={{ $json.outline }}',
		required: true,
		description: 'Text of the outline',
	},
	{
		displayName: 'Draft',
		name: 'draft',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '={{ $json.draft }}',
		required: true,
		description: 'Article in Markdown; its first heading becomes the title',
	},
	{
		displayName: 'Usage',
		name: 'usage',
		type: 'json',
		default: '={{ $json.usage }}',
		required: true,
		description: 'List that LLM Call made; its last entry names the model that wrote the draft',
	},
];

const publish: INodeProperties[] = [
	{
		displayName: 'Article',
		name: 'article',
		type: 'json',
		default: '={{ $json.article }}',
		required: true,
		description: 'Article as Assemble made it',
	},
];

export const properties: INodeProperties[] = [
	operation,
	task,
	...forOperation('assemble', assemble),
	...forOperation('publish', publish),
];
