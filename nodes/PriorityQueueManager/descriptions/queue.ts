import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { WEIGHT_BOUNDS } from '../../../core';
import { forOperations } from '../../shared/description';
import { filtersField, reasonField, workflowTypeFilter } from './fields';

export const queueOperations: INodePropertyOptions[] = [
	{
		name: 'List Keys',
		value: 'keys',
		description: 'Show the fair keys: how many tasks wait and run, weight, and who paused them',
		action: 'List the keys of the queue',
	},
	{
		name: 'Pause',
		value: 'pause',
		description: 'Claim nothing of a workflow type or fair key; what runs goes on',
		action: 'Pause a type or key',
	},
	{
		name: 'Resume',
		value: 'resume',
		description: 'Lift the pause of a workflow type or fair key',
		action: 'Resume a type or key',
	},
	{
		name: 'Set Weight',
		value: 'setWeight',
		description: 'Set the share that a workflow type or fair key gets while others wait too',
		action: 'Set the weight of a type or key',
	},
	{
		name: 'Why Idle',
		value: 'whyIdle',
		description: 'Say of each type why nothing is claimed; belongs behind the output Nothing of Claim',
		action: 'Say why nothing is claimed',
	},
];

const target: INodeProperties[] = [
	{
		displayName: 'Target',
		name: 'target',
		type: 'options',
		options: [
			{ name: 'Fair Key', value: 'fairKey', description: 'One key, such as a content type or a customer' },
			{ name: 'Workflow Type', value: 'workflowType', description: 'A type with all of its keys' },
		],
		default: 'workflowType',
		description: 'What the name below stands for',
	},
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. content_pipeline',
		description: 'Of the workflow type or fair key; List Keys shows them all',
	},
];

const weight: INodeProperties = {
	displayName: 'Weight',
	name: 'weight',
	type: 'number',
	typeOptions: { minValue: WEIGHT_BOUNDS.min, maxValue: WEIGHT_BOUNDS.max },
	default: 1,
	description: 'A key of weight 2 gets twice the slots of a key of weight 1 while both have tasks',
};

const keyFilters = filtersField([
	{
		displayName: 'Paused',
		name: 'paused',
		type: 'options',
		options: [
			{ name: 'Any', value: 'any' },
			{ name: 'Only Open', value: 'open' },
			{ name: 'Only Paused', value: 'paused' },
		],
		default: 'paused',
		description: 'Whether keys are shown that are held by a pause of their own or of their type',
	},
	{ ...workflowTypeFilter, description: 'Only keys of this registered type' },
]);

export const queueFields: INodeProperties[] = [
	...forOperations('queue', ['pause', 'resume', 'setWeight'], target),
	...forOperations('queue', ['pause'], [reasonField]),
	...forOperations('queue', ['setWeight'], [weight]),
	...forOperations('queue', ['keys'], [keyFilters]),
];
