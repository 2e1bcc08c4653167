import type { INodeProperties } from 'n8n-workflow';
import {
	deploymentProperty,
	forOperation,
	operationProperty,
	operationSubtitle,
} from '../shared/description';

export const SUBTITLE = operationSubtitle({ dispatch: 'dispatch', sendTest: 'send test' });

const operation = operationProperty([
	{
		name: 'Dispatch',
		value: 'dispatch',
		description: 'Deliver a claimed execution',
		action: 'Dispatch a claimed execution',
	},
	{
		name: 'Send Test',
		value: 'sendTest',
		description: 'Post a signed sample to a listening test URL',
		action: 'Send a test sample',
	},
]);

const dispatch: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Concurrency per Endpoint',
				name: 'perEndpointConcurrency',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 100 },
				default: 3,
				description: 'Requests that this process makes to one address at the same time',
			},
			{
				displayName: 'Request Timeout in Seconds',
				name: 'requestTimeoutSeconds',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 60 },
				default: 15,
				description: 'Bound of one HTTP request, not of the work',
			},
		],
	},
];

const sendTest: INodeProperties[] = [
	{
		displayName: 'Target',
		name: 'target',
		type: 'options',
		default: 'task',
		options: [
			{ name: 'Callback Receiver', value: 'callback' },
			{ name: 'Task Trigger', value: 'task' },
		],
		description: 'Node that listens for a test event in the editor',
	},
	{
		displayName: 'Workflow Type',
		name: 'workflowType',
		type: 'string',
		default: 'content_pipeline',
		required: true,
		description: 'Type that the sample names',
	},
	{
		displayName: 'Sample Input',
		name: 'sampleInput',
		type: 'json',
		default:
			'{ "topic": "A test topic", "language": "en", "category": "general", "target_keyword": "test topic" }',
		description: 'Input of the sample task',
		displayOptions: { show: { target: ['task'] } },
	},
];

export const properties: INodeProperties[] = [
	operation,
	deploymentProperty(),
	...forOperation('dispatch', dispatch),
	...forOperation('sendTest', sendTest),
];
