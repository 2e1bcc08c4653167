import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON } from '../shared/description';
import { runActions } from '../shared/run-actions';
import { report } from './actions/report';
import { properties, SUBTITLE } from './description';

export class TaskReport implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Task Report',
		name: 'taskReport',
		icon: ICON('taskReport'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Reports the outcome of tasks to the orchestrator, with guaranteed delivery',
		defaults: { name: 'Task Report' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'orchestratorSigning', required: true }],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, { report });
	}
}
