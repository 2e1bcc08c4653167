import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { forOperations } from '../../shared/description';
import { dryRunField, filtersField, limitField, taskIdField } from './fields';

export const deadLetterOperations: INodePropertyOptions[] = [
	{
		name: 'Analyze',
		value: 'analyze',
		description: 'Group dead letters by their cause, the most frequent first',
		action: 'Analyze dead letters by cause',
	},
	{
		name: 'Discard',
		value: 'discard',
		description: 'Give dead letters up: their tasks stay dead; first only counts',
		action: 'Discard dead letters',
	},
	{
		name: 'Inspect',
		value: 'inspect',
		description: 'Show input, every error with its stack, and what was decided',
		action: 'Inspect a dead letter',
	},
	{
		name: 'List',
		value: 'list',
		description: 'Find dead letters by type, key, cause or time',
		action: 'List dead letters',
	},
	{
		name: 'Redrive',
		value: 'redrive',
		description: 'Put dead letters back into their queue for a new life; first only counts',
		action: 'Redrive dead letters',
	},
];

const taskId = taskIdField('Number of the task that died, as List gives it');

const cause: INodeProperties = {
	displayName: 'Cause',
	name: 'cause',
	type: 'string',
	default: '={{ $json.cause }}',
	description: 'Only letters of this cause, as Analyze names it',
};

const names = (displayName: string, name: string, placeholder: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	placeholder,
	description: 'One or several with commas between them, or an expression that yields a list',
});

const status: INodeProperties = {
	displayName: 'Status',
	name: 'status',
	type: 'options',
	options: [
		{ name: 'All', value: 'all' },
		{ name: 'Discarded', value: 'discarded', description: 'Given up by a person' },
		{ name: 'Open', value: 'open', description: 'Not decided since the task died' },
		{ name: 'Redriven', value: 'redriven', description: 'Put back, and not dead again' },
	],
	default: 'open',
	description: 'What became of the letters; without this filter only open ones',
};

const filters = [
	cause,
	{
		displayName: 'Died After',
		name: 'diedAfter',
		type: 'dateTime',
		default: '',
		description: 'Only letters of this time or later, by the clock of this workflow’s time zone',
	},
	{
		displayName: 'Died Before',
		name: 'diedBefore',
		type: 'dateTime',
		default: '',
		description: 'Only letters before this time, by the clock of this workflow’s time zone',
	},
	names('Fair Keys', 'fairKeys', 'e.g. content_pipeline:news'),
	names('Task IDs', 'taskIds', 'e.g. 42, 43'),
	names('Workflow Types', 'workflowTypes', 'e.g. content_pipeline'),
] satisfies INodeProperties[];

/** Alphabetical, as n8n shows them. */
const withStatus = [...filters.slice(0, 4), status, ...filters.slice(4)];

const changeFilters = filtersField(filters);

/** n8n shows no hint below a collection. */
const allOpen: INodeProperties = {
	displayName: 'Without any filter all open dead letters are meant. Look at a dry run first.',
	name: 'allOpen',
	type: 'notice',
	default: '',
};

const rate: INodeProperties = {
	displayName: 'Rate per Minute',
	name: 'ratePerMinute',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description: 'How many start in a minute, the oldest death first; 0 means all at once',
};

export const deadLetterFields: INodeProperties[] = [
	...forOperations('deadLetter', ['inspect'], [taskId]),
	...forOperations(
		'deadLetter',
		['list'],
		[limitField('At most this many letters, the latest death first', 10_000), filtersField(withStatus)],
	),
	...forOperations('deadLetter', ['analyze'], [filtersField(withStatus)]),
	...forOperations(
		'deadLetter',
		['redrive'],
		[
			dryRunField(true, 'Whether to count only: the answer names the letters, and nothing is changed'),
			changeFilters,
			allOpen,
			limitField('At most this many letters, the latest deaths', 10_000, 1000),
			rate,
		],
	),
	...forOperations(
		'deadLetter',
		['discard'],
		[
			dryRunField(true, 'Whether to count only: the answer names the letters, and nothing is changed'),
			changeFilters,
			allOpen,
			limitField('At most this many letters, the latest deaths', 10_000, 1000),
		],
	),
];
