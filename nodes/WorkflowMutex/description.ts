import type { INodeProperties } from 'n8n-workflow';
import { GRACE_SECONDS, LEASE_SECONDS, type Limit, MAX_WAIT_SECONDS, PERMITS } from '../../core';
import { forOperation, operationProperty, operationSubtitle } from '../shared/description';

/** With the name: on a canvas of several workflows it is what tells two locks apart. */
export const SUBTITLE = operationSubtitle(
	{ acquire: 'acquire', ensure: 'ensure', release: 'release', inspect: 'inspect' },
	'lock',
);

/** Named connectors of each operation; the node's code addresses them by position. */
export const OUTPUTS = {
	acquire: ['Acquired', 'Busy'],
	ensure: ['Acquired', 'Busy'],
	release: ['Released'],
	inspect: ['Inspected'],
};

const operation = operationProperty([
	{
		name: 'Acquire',
		value: 'acquire',
		description: 'Take the lock; it is given back when the execution ends',
		action: 'Acquire a lock',
	},
	{
		name: 'Ensure',
		value: 'ensure',
		description: 'Renew the lock if this execution holds it, else take it; belongs behind every Wait',
		action: 'Ensure that a lock is held',
	},
	{
		name: 'Release',
		value: 'release',
		description: 'Give the lock back before the execution ends, or open a stuck one by hand',
		action: 'Release a lock',
	},
	{
		name: 'Inspect',
		value: 'inspect',
		description: 'Read who holds a lock, who waits, who waited for whom',
		action: 'Inspect a lock',
	},
]);

const lock: INodeProperties = {
	displayName: 'Lock',
	name: 'lock',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. crm-sync',
	description: 'Any name of up to 200 characters, the same for all items',
	hint: 'Workflows that use the same name never run at the same time',
};

const onBusy: INodeProperties = {
	displayName: 'When Busy',
	name: 'onBusy',
	type: 'options',
	options: [
		{ name: 'Skip', value: 'skip', description: 'Send the items to the output Busy' },
		{ name: 'Wait', value: 'wait', description: 'Wait up to a minute (option Max Wait), then fail visibly' },
		{ name: 'Fail', value: 'fail', description: 'Fail at once and name the holder' },
	],
	default: 'skip',
	description: 'What to do while another execution holds the lock',
};

const bounded = (limit: Limit) => ({
	displayName: limit.name,
	type: 'number' as const,
	typeOptions: { minValue: limit.least, maxValue: limit.most },
	default: limit.default,
});

const acquireOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Add Lock to Items',
			name: 'addLockToItems',
			type: 'boolean',
			default: false,
			description:
				'Whether each item gets a field “lock” with name, fencing token and times; without it, items pass unchanged',
		},
		{
			displayName: 'Caller Execution ID',
			name: 'callerExecutionId',
			type: 'string',
			default: '',
			description:
				'Execution under whose lock this one runs, where n8n does not tell (started over HTTP, for example)',
		},
		{
			...bounded(GRACE_SECONDS),
			name: 'graceSeconds',
			description:
				'How long the lock stays shut after Stop or a timeout, because the node that was running may still work',
		},
		{
			displayName: 'Hold While Waiting',
			name: 'holdWhileWaiting',
			type: 'boolean',
			default: false,
			description:
				'Whether to keep the lock while the execution is parked in a Wait; else it is given back until then',
		},
		{
			displayName: 'If Another Waits',
			name: 'ifAnotherWaits',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'No event may be lost: fail visibly' },
				{ name: 'Skip', value: 'skip', description: 'Send the items to the output Busy' },
			],
			default: 'skip',
			description: 'What to do when an earlier execution of this workflow waits for the lock already',
		},
		{
			...bounded(LEASE_SECONDS),
			name: 'leaseSeconds',
			description:
				'How long the lock survives an n8n that died; it is renewed every third of this while the execution lives',
		},
		{
			...bounded(MAX_WAIT_SECONDS),
			name: 'maxWaitSeconds',
			description: 'Longest wait for the lock; then the node fails',
		},
		{
			...bounded(PERMITS),
			name: 'permits',
			description:
				'How many executions may hold the lock at a time; among nodes that disagree the lowest counts',
		},
	],
};

const releaseOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Fencing Token',
			name: 'fencingToken',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'With Force: take the lock only from the holder with this token',
		},
		{
			displayName: 'Force',
			name: 'force',
			type: 'boolean',
			default: false,
			description: 'Whether to open the lock whoever holds it; its work may still be going on',
		},
	],
};

const inspectedLock: INodeProperties = {
	...lock,
	required: false,
	description: 'Name of the lock to look at',
	hint: 'Empty shows every lock that is held or waited for',
};

export const properties: INodeProperties[] = [
	operation,
	...forOperation('acquire', [lock, onBusy, acquireOptions]),
	...forOperation('ensure', [lock, onBusy, acquireOptions]),
	...forOperation('release', [lock, releaseOptions]),
	...forOperation('inspect', [inspectedLock]),
];
