import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { CANCELLABLE_STATES, TASK_STATES } from '../../../core';
import { forOperations, maxExecutionsOptions } from '../../shared/description';
import {
	dryRunField,
	fairKeyFilter,
	filtersField,
	limitField,
	reasonField,
	statesFilter,
	taskIdField,
	workflowTypeFilter,
} from './fields';
import { newTask } from './new-task';

export const taskOperations: INodePropertyOptions[] = [
	{
		name: 'Cancel',
		value: 'cancel',
		description: 'End tasks for good by ID, whether they wait or work',
		action: 'Cancel a task',
	},
	{
		name: 'Cancel Many',
		value: 'cancelMany',
		description: 'End all tasks of a type, key or state; first only shows which',
		action: 'Cancel many tasks',
	},
	{ name: 'Claim', value: 'claim', description: 'Take what the plan allows', action: 'Claim tasks' },
	{
		name: 'Enqueue',
		value: 'enqueue',
		description: 'Put a task for each item into the queue: every one or, when one is wrong, none',
		action: 'Enqueue tasks',
	},
	{
		name: 'Explain',
		value: 'explain',
		description: 'Say what holds a task, and when it can start at the earliest',
		action: 'Explain why a task waits',
	},
	{
		name: 'Inspect',
		value: 'inspect',
		description: 'Show everything known of a task: input, errors, every change of state',
		action: 'Inspect a task',
	},
	{
		name: 'List',
		value: 'list',
		description: 'Find tasks by state, type, key or parent',
		action: 'List tasks',
	},
	{
		name: 'Peek',
		value: 'peek',
		description: 'Show who comes next, with scores, and take nothing',
		action: 'Peek at the next tasks',
	},
];

const BEHIND_ENQUEUE = 'Behind Enqueue it is {{ $json.enqueued.taskId }}';

const taskId: INodeProperties = {
	...taskIdField('Number of the task, as List and Peek give it'),
	hint: BEHIND_ENQUEUE,
};

const taskIds: INodeProperties = {
	displayName: 'Task IDs',
	name: 'taskIds',
	type: 'string',
	default: '={{ $json.taskId }}',
	required: true,
	placeholder: 'e.g. 42, 43',
	description: 'Numbers of the tasks with commas between them, or an expression that yields a list',
	hint: BEHIND_ENQUEUE,
};

const listFilters = filtersField([
	{
		displayName: 'After Task ID',
		name: 'afterTaskId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 1000',
		description: 'Only higher numbers: the last one of the page before',
	},
	fairKeyFilter,
	{
		displayName: 'Parent Execution ID',
		name: 'parentExecutionId',
		type: 'string',
		default: '',
		description: 'Only tasks that were enqueued by this execution of the orchestrator',
	},
	{
		displayName: 'Parent Task ID',
		name: 'parentTaskId',
		type: 'string',
		default: '',
		placeholder: 'e.g. 42',
		description: 'Only tasks that name this one as their parent, successors among them',
	},
	statesFilter(TASK_STATES, 'Only tasks in one of these states; without a choice all'),
	workflowTypeFilter,
]);

const cancelFilters = filtersField([
	fairKeyFilter,
	statesFilter(
		CANCELLABLE_STATES,
		'Only tasks in one of these states; without this filter all that have not ended',
	),
	workflowTypeFilter,
]);

export const taskFields: INodeProperties[] = [
	...forOperations('task', ['enqueue'], newTask),
	...forOperations('task', ['claim'], [maxExecutionsOptions]),
	...forOperations('task', ['explain', 'inspect'], [taskId]),
	...forOperations(
		'task',
		['cancel'],
		[taskIds, reasonField, dryRunField(false, 'Whether to show what would be cancelled and change nothing')],
	),
	...forOperations(
		'task',
		['cancelMany'],
		[
			dryRunField(true, 'Whether to show what would be cancelled and change nothing'),
			cancelFilters,
			limitField('At most this many tasks, the lowest numbers first', 10_000, 1000),
			reasonField,
		],
	),
	...forOperations(
		'task',
		['list'],
		[limitField('At most this many tasks, the lowest numbers first', 10_000), listFilters],
	),
	...forOperations(
		'task',
		['peek'],
		[limitField('At most this many tasks', 100, 10), filtersField([fairKeyFilter, workflowTypeFilter])],
	),
];
