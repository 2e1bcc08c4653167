import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { type NumberSetting, TYPE_BOUNDS } from '../../../core';
import { forOperations } from '../../shared/description';

export const typeOperations: INodePropertyOptions[] = [
	{
		name: 'List Types',
		value: 'list',
		description: 'Show the registered workflow types with every setting',
		action: 'List workflow types',
	},
	{
		name: 'Set Type',
		value: 'set',
		description: 'Change limits, retries, cadence and batches of a workflow type, or register a new one',
		action: 'Set up a workflow type',
	},
];

const workflowType: INodeProperties = {
	displayName: 'Workflow Type',
	name: 'workflowType',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. content_pipeline',
	description: 'Name of the type; List Types shows them all',
};

const create: INodeProperties = {
	displayName: 'Create If Missing',
	name: 'create',
	type: 'boolean',
	default: false,
	description:
		'Whether to register the type when there is none of this name; else a misspelt name is an error',
};

const setting = (
	displayName: string,
	name: NumberSetting,
	preset: number,
	description: string,
): INodeProperties => {
	const { min, max, nullable } = TYPE_BOUNDS[name];
	return {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: nullable ? 0 : min, maxValue: max },
		default: preset,
		description: nullable ? `${description}; 0 means none` : description,
	};
};

const settings: INodeProperties = {
	displayName: 'Settings',
	name: 'settings',
	type: 'collection',
	placeholder: 'Add setting',
	default: {},
	options: [
		setting('Backoff Base in Seconds', 'backoffBaseSeconds', 60, 'Wait after the first failure'),
		setting('Backoff Ceiling in Seconds', 'backoffCeilingSeconds', 960, 'Longest wait between tries'),
		setting('Backoff Jitter in Seconds', 'backoffJitterSeconds', 30, 'Chance added to each wait'),
		setting('Batch Maximum', 'batchMax', 10, 'Tasks of an execution at most'),
		setting('Batch Size', 'batchSize', 2, 'Tasks of an execution, as planned'),
		setting('Cadence in Seconds', 'cadenceSeconds', 0, 'At least so long from one start to the next'),
		setting(
			'Dead Letter Days',
			'deadLetterDays',
			30,
			'Days that a dead letter is kept, of tasks that die from now on',
		),
		setting(
			'Delivery Backoff in Seconds',
			'deliveryBackoffSeconds',
			60,
			'Wait before the first repeated delivery',
		),
		setting(
			'Delivery Retries',
			'deliveryRetries',
			3,
			'Deliveries repeated after a refusal before it counts as a failure',
		),
		setting(
			'Longest Wait in Seconds',
			'queueLimitSeconds',
			0,
			'Tasks enqueued from now on that were not taken until then die',
		),
		setting('Max Attempts', 'maxAttempts', 5, 'Failures after which a task is dead'),
		setting('Max Concurrent', 'maxConcurrent', 3, 'Executions at a time'),
		setting('Time Limit in Seconds', 'limitSeconds', 300, 'Longest duration of the work'),
		{
			displayName: 'Title',
			name: 'title',
			type: 'string',
			default: '',
			placeholder: 'e.g. Content Pipeline',
			description: 'What people call it',
		},
		setting('Weight', 'weight', 1, 'Share of the slots: weight 2 gets twice what weight 1 gets'),
	],
};

export const typeFields: INodeProperties[] = forOperations('type', ['set'], [workflowType, settings, create]);
