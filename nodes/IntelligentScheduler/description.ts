import type { INodeProperties } from 'n8n-workflow';
import {
	forOperation,
	maxExecutionsOptions,
	operationProperty,
	operationSubtitle,
} from '../shared/description';

export const SUBTITLE = operationSubtitle({ takeSlot: 'take slot', plan: 'plan' });

/** Named connectors of each operation, in the order of its action's outputs. */
export const OUTPUTS = {
	takeSlot: ['Won', 'Lost'],
	plan: ['Ready', 'Throttled', 'Idle'],
};

const operation = operationProperty([
	{
		name: 'Take Slot',
		value: 'takeSlot',
		description: 'Win this heartbeat, so that only one instance works on it',
		action: 'Take the heartbeat slot',
	},
	{
		name: 'Plan',
		value: 'plan',
		description: 'Decide from a snapshot what may start now',
		action: 'Plan what may start now',
	},
]);

const takeSlot: INodeProperties[] = [
	{
		displayName: 'Interval in Minutes',
		name: 'intervalMinutes',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 1440 },
		default: 5,
		description: 'Distance of two heartbeats; the same as in the Schedule Trigger',
	},
	{
		displayName: 'Lease in Seconds',
		name: 'leaseSeconds',
		type: 'number',
		typeOptions: { minValue: 5, maxValue: 3600 },
		default: 60,
		description: 'After this time an unfinished heartbeat may be taken over by another instance',
	},
	{
		displayName: 'Dispatch on Manual Runs',
		name: 'dispatchOnManualRuns',
		type: 'boolean',
		default: false,
		description: 'Whether “Execute workflow” in the editor really dispatches what it planned',
		hint: 'A manual run has a slot of its own and never takes the heartbeat’s',
	},
];

const plan: INodeProperties[] = [maxExecutionsOptions];

export const properties: INodeProperties[] = [
	operation,
	...forOperation('takeSlot', takeSlot),
	...forOperation('plan', plan),
];
