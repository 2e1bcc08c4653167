import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON } from '../shared/description';
import { runActions } from '../shared/run-actions';
import { snapshot } from './actions/snapshot';
import { properties, SUBTITLE } from './description';

export class ResourceManager implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Resource Manager',
		name: 'resourceManager',
		icon: ICON('resourceManager'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Shows slots, queue, models and connections as they are now',
		defaults: { name: 'Resource Manager' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'orchestratorPostgres', required: true }],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, { snapshot });
	}
}
