import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON, outputsByOperation } from '../shared/description';
import { OUTPUTS, properties, SUBTITLE } from './description';
import { runMutex } from './run-mutex';

export class WorkflowMutex implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Workflow Mutex',
		name: 'workflowMutex',
		icon: ICON('workflowMutex'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Lets only one execution (or a few) past at a time, across workflows and instances',
		defaults: { name: 'Workflow Mutex' },
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsByOperation(OUTPUTS),
		credentials: [{ name: 'orchestratorPostgres', required: true }],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runMutex(this);
	}
}
