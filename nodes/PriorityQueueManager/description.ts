import type { INodeProperties } from 'n8n-workflow';
import {
	forOperation,
	maxExecutionsOptions,
	operationProperty,
	operationSubtitle,
} from '../shared/description';

export const SUBTITLE = operationSubtitle({ enqueue: 'enqueue', claim: 'claim' });

/** Named connectors of each operation, in the order of its action's outputs. */
export const OUTPUTS = {
	enqueue: ['Enqueued'],
	claim: ['Claimed', 'Nothing'],
};

const operation = operationProperty([
	{ name: 'Enqueue', value: 'enqueue', description: 'Put a task into the queue', action: 'Enqueue a task' },
	{ name: 'Claim', value: 'claim', description: 'Take what the plan allows', action: 'Claim tasks' },
]);

const enqueue: INodeProperties[] = [
	{
		displayName: 'Workflow Type',
		name: 'workflowType',
		type: 'string',
		default: 'content_pipeline',
		required: true,
		description: 'Registered type of the workflow that will work on the task',
	},
	{
		displayName: 'Task Input',
		name: 'taskInput',
		type: 'json',
		default: '={{ $json }}',
		required: true,
		description: 'JSON object that the workflow receives; at most 256 KB',
		hint: 'Store larger data elsewhere and pass a reference',
	},
	{
		displayName: 'Priority',
		name: 'priority',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10 },
		default: 5,
		description: 'From 1 (low) to 10 (urgent)',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Context',
				name: 'context',
				type: 'json',
				default: '{}',
				description: 'Labels for the history of the task; the workflow does not receive them',
			},
			{
				displayName: 'Delay in Seconds',
				name: 'delaySeconds',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description: 'Earliest start, counted from now',
			},
			{
				displayName: 'Idempotency Key',
				name: 'idempotencyKey',
				type: 'string',
				default: '',
				description: 'The same key and type is the same task: enqueuing it again changes nothing',
			},
		],
	},
];

export const properties: INodeProperties[] = [
	operation,
	...forOperation('enqueue', enqueue),
	...forOperation('claim', [maxExecutionsOptions]),
];
