import type { INodeProperties } from 'n8n-workflow';

/** Fields that several actions show alike. */

/** Each action says where the number comes from. */
export const taskIdField = (description: string): INodeProperties => ({
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '={{ $json.taskId }}',
	required: true,
	placeholder: 'e.g. 42',
	description,
});

export const limitField = (description: string, most: number, preset = 50): INodeProperties => ({
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: most },
	default: preset,
	description,
});

export const reasonField: INodeProperties = {
	displayName: 'Reason',
	name: 'reason',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. the provider is down',
	description: 'Why, in a few words: it is logged together with this workflow and execution',
};

export const dryRunField = (preset: boolean, description: string): INodeProperties => ({
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	default: preset,
	description,
});

export const filtersField = (options: INodeProperties[]): INodeProperties => ({
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add filter',
	default: {},
	options,
});

export const workflowTypeFilter: INodeProperties = {
	displayName: 'Workflow Type',
	name: 'workflowType',
	type: 'string',
	default: '',
	placeholder: 'e.g. content_pipeline',
	description: 'Only tasks of this registered type',
};

export const fairKeyFilter: INodeProperties = {
	displayName: 'Fair Key',
	name: 'fairKey',
	type: 'string',
	default: '',
	placeholder: 'e.g. content_pipeline:news',
	description: 'Only tasks of this key; Queue → List Keys shows them all',
};

/** State of a task as a person reads it. */
const STATE_NAMES = {
	cancelled: 'Cancelled',
	claimed: 'Claimed',
	dead: 'Dead',
	failed: 'Failed',
	queued: 'Queued',
	running: 'Running',
	scheduled: 'Scheduled',
	succeeded: 'Succeeded',
} as const;

export const statesFilter = (
	states: ReadonlyArray<keyof typeof STATE_NAMES>,
	description: string,
): INodeProperties => ({
	displayName: 'States',
	name: 'states',
	type: 'multiOptions',
	options: [...states].sort().map((value) => ({ name: STATE_NAMES[value], value })),
	default: [],
	description,
});
