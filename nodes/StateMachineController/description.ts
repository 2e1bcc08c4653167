import type { INodeProperties } from 'n8n-workflow';
import { forOperation, operationProperty, operationSubtitle } from '../shared/description';

export const SUBTITLE = operationSubtitle({
	begin: 'begin run',
	complete: 'complete run',
	recordError: 'record error',
	recover: 'recover',
	setup: 'set up database',
	stopZombies: 'stop zombies',
	transition: 'transition',
});

const operation = operationProperty([
	{
		name: 'Begin Run',
		value: 'begin',
		description: 'Start a run in the slot that was won',
		action: 'Begin a run',
	},
	{
		name: 'Complete Run',
		value: 'complete',
		description: 'End a run with its metrics',
		action: 'Complete a run',
	},
	{
		name: 'Record Error',
		value: 'recordError',
		description: 'Tell the orchestrator that an n8n execution failed',
		action: 'Record an error',
	},
	{
		name: 'Recover',
		value: 'recover',
		description: 'Decide about every lease that ran out',
		action: 'Recover expired leases',
	},
	{
		name: 'Set Up Database',
		value: 'setup',
		description: 'Check or apply the database schema',
		action: 'Set up the database',
	},
	{
		name: 'Stop Zombies',
		value: 'stopZombies',
		description: 'Ask n8n to stop executions that were taken away and still work',
		action: 'Stop executions that were taken away',
	},
	{
		name: 'Transition',
		value: 'transition',
		description: 'Move a run to its next state',
		action: 'Move a run to another state',
	},
]);

const setup: INodeProperties[] = [
	{
		displayName: 'Mode',
		name: 'mode',
		type: 'options',
		default: 'check',
		options: [
			{ name: 'Apply', value: 'apply', description: 'Apply what is missing; safe to repeat' },
			{ name: 'Check', value: 'check', description: 'Only say what is missing' },
		],
		description: 'The same as the command master-orchestrator migrate, for installations without a shell',
	},
];

const recover: INodeProperties[] = [
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Limit',
				name: 'limit',
				type: 'number',
				typeOptions: { minValue: 1, maxValue: 10000 },
				default: 50,
				description: 'Expired leases handled in one pass; the rest follows in the next',
			},
		],
	},
];

const transition: INodeProperties[] = [
	{
		displayName: 'To',
		name: 'to',
		type: 'options',
		default: 'DISPATCHING',
		options: [
			{ name: 'Dispatching', value: 'DISPATCHING', description: 'The run claims and delivers' },
			{
				name: 'Error Recovery',
				value: 'ERROR_RECOVERY',
				description: 'The run ends with an error; needs a reason',
			},
			{ name: 'Monitoring', value: 'MONITORING', description: 'The run watches what it delivered' },
		],
		description: 'State that each run in the input moves to, once; Complete Run ends it when all went well',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		placeholder: 'e.g. The price list could not be read',
		description: 'Why the run moves. Kept in the log; Error Recovery needs it, as the error of the run.',
	},
];

export const properties: INodeProperties[] = [
	operation,
	...forOperation('setup', setup),
	...forOperation('recover', recover),
	...forOperation('transition', transition),
];
