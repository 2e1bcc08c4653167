import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON, outputsByOperation } from '../shared/description';
import { chosen, runActions } from '../shared/run-actions';
import { ACTIONS } from './actions';
import { OUTPUTS, properties, SUBTITLE } from './description';

export class PriorityQueueManager implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Priority Queue Manager',
		name: 'priorityQueueManager',
		icon: ICON('priorityQueueManager'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description:
			'Puts tasks into the queue, claims them by their score, explains, pauses, cancels and revives them',
		defaults: { name: 'Priority Queue Manager' },
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsByOperation(OUTPUTS),
		credentials: [{ name: 'orchestratorPostgres', required: true }],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, chosen(this, 'resource', ACTIONS));
	}
}
