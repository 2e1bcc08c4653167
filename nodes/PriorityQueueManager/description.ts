import type { INodeProperties } from 'n8n-workflow';
import { resourceProperties, resourceSubtitle } from '../shared/description';
import { deadLetterFields, deadLetterOperations } from './descriptions/dead-letter';
import { queueFields, queueOperations } from './descriptions/queue';
import { taskFields, taskOperations } from './descriptions/task';
import { typeFields, typeOperations } from './descriptions/type';

export const SUBTITLE = resourceSubtitle({
	task: {
		cancel: 'cancel',
		cancelMany: 'cancel many',
		claim: 'claim',
		enqueue: 'enqueue',
		explain: 'explain',
		inspect: 'inspect',
		list: 'list tasks',
		peek: 'peek',
	},
	queue: {
		keys: 'list keys',
		pause: 'pause',
		resume: 'resume',
		setWeight: 'set weight',
		whyIdle: 'why idle',
	},
	deadLetter: {
		analyze: 'analyze dead letters',
		discard: 'discard dead letters',
		inspect: 'inspect dead letter',
		list: 'list dead letters',
		redrive: 'redrive dead letters',
	},
	type: {
		list: 'list types',
		set: 'set type',
	},
});

/** Named connectors, in the order of the action's outputs; the other actions have a single one. */
export const OUTPUTS = { claim: ['Claimed', 'Nothing'] };

/** A workflow that names no resource is about tasks: the first one is what n8n takes then. */
export const properties: INodeProperties[] = [
	...resourceProperties([
		{ name: 'Task', value: 'task', operations: taskOperations, default: 'enqueue' },
		{ name: 'Queue', value: 'queue', operations: queueOperations, default: 'keys' },
		{ name: 'Dead Letter', value: 'deadLetter', operations: deadLetterOperations, default: 'analyze' },
		{ name: 'Workflow Type', value: 'type', operations: typeOperations, default: 'list' },
	]),
	...taskFields,
	...queueFields,
	...deadLetterFields,
	...typeFields,
];
