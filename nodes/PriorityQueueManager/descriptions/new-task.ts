import type { INodeProperties } from 'n8n-workflow';

const SUCCESSORS = `[
  {
    "workflowType": "seo_monitor",
    "when": "succeeded",
    "map": { "title": "$.result.title" }
  }
]`;

const debounce: INodeProperties = {
	displayName: 'Debounce',
	name: 'debounce',
	type: 'fixedCollection',
	placeholder: 'Add debounce',
	default: {},
	description:
		'Fold sends that follow each other quickly into one task; not together with an idempotency key',
	options: [
		{
			displayName: 'Debounce',
			name: 'values',
			values: [
				{
					displayName: 'Key',
					name: 'key',
					type: 'string',
					default: '',
					placeholder: 'e.g. customer-42',
					description: 'Sends of one type with the same key become one task',
				},
				{
					displayName: 'Quiet Time in Seconds',
					name: 'seconds',
					type: 'number',
					typeOptions: { minValue: 0.001, maxValue: 86400 },
					default: 30,
					description: 'The task starts once no further send came for so long',
				},
				{
					displayName: 'Longest Wait in Seconds',
					name: 'maxSeconds',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 0,
					description: 'Start after this time even if sends go on; 0 means ten times the quiet time',
				},
				{
					displayName: 'Keep Input Of',
					name: 'keep',
					type: 'options',
					options: [
						{ name: 'First Send', value: 'first' },
						{ name: 'Last Send', value: 'last' },
					],
					default: 'last',
					description: 'Whose input the task gets',
				},
			],
		},
	],
};

const bounded = (
	displayName: string,
	name: string,
	[minValue, maxValue]: [number, number],
	preset: number,
	description: string,
): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	typeOptions: { minValue, maxValue },
	default: preset,
	description: `${description}; without this option its workflow type decides`,
});

const options: INodeProperties[] = [
	bounded('Backoff Base in Seconds', 'backoffBaseSeconds', [0, 86400], 60, 'Wait after the first failure'),
	bounded(
		'Backoff Ceiling in Seconds',
		'backoffCeilingSeconds',
		[0, 86400],
		960,
		'Longest wait between tries',
	),
	bounded('Backoff Jitter in Seconds', 'backoffJitterSeconds', [0, 3600], 30, 'Chance added to each wait'),
	{
		displayName: 'Context',
		name: 'context',
		type: 'json',
		default: '{}',
		description: 'Labels for the history of the task; the workflow does not receive them',
	},
	debounce,
	{
		displayName: 'Delay in Seconds',
		name: 'delaySeconds',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Earliest start, counted from now',
	},
	{
		displayName: 'Delay Until',
		name: 'delayUntil',
		type: 'dateTime',
		default: '',
		description: 'Earliest start, by the clock of this workflow’s time zone',
	},
	bounded(
		'Delivery Retries',
		'deliveryRetries',
		[0, 100],
		3,
		'Deliveries repeated after a refusal before it counts as a failure',
	),
	{
		displayName: 'Idempotency Key',
		name: 'idempotencyKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. order-4711',
		description:
			'The same key and type is the same task: enqueuing it again changes nothing, and existingState says how that task is',
	},
	bounded('Max Attempts', 'maxAttempts', [1, 100], 5, 'Failures after which the task is dead'),
	{
		displayName: 'Parent Execution ID',
		name: 'parentExecutionId',
		type: 'string',
		default: '={{ $json.execution.id }}',
		description:
			'Execution on whose behalf this task is sent; the preset reads it from an item of the Task Trigger',
	},
	{
		displayName: 'Parent Task ID',
		name: 'parentTaskId',
		type: 'string',
		default: '={{ $json.task.id }}',
		description: 'Task that this one belongs to; the preset reads it from an item of the Task Trigger',
	},
	{
		displayName: 'Start Before',
		name: 'expiresAt',
		type: 'dateTime',
		default: '',
		description: 'Deadline of waiting: a task that has not started until then is given up as a dead letter',
	},
	{
		displayName: 'Successors',
		name: 'successors',
		type: 'json',
		default: SUCCESSORS,
		description:
			'Tasks to enqueue when this one ends; “when” is succeeded, dead or ended, and “map” and “condition” take paths such as $.result.score &gt; 70',
	},
	bounded('Time Limit in Seconds', 'limitSeconds', [1, 86400], 300, 'Longest duration of the work'),
];

export const newTask: INodeProperties[] = [
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
		description: 'JSON object that the workflow receives',
		hint: 'At most 256 KB: store larger data elsewhere and pass a reference',
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
		options,
	},
];
