import type { INodeProperties } from 'n8n-workflow';
import { operationProperty, operationSubtitle } from '../shared/description';

export const SUBTITLE = operationSubtitle({ snapshot: 'snapshot' });

const operation = operationProperty([
	{
		name: 'Snapshot',
		value: 'snapshot',
		description: 'Read the present use of every limited resource',
		action: 'Take a resource snapshot',
	},
]);

export const properties: INodeProperties[] = [operation];
