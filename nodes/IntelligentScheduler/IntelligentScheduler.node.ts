import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON, outputsByOperation } from '../shared/description';
import { runActions } from '../shared/run-actions';
import { takeSlot } from './actions/take-slot';
import { plan } from './actions/plan';
import { OUTPUTS, properties, SUBTITLE } from './description';

export class IntelligentScheduler implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Intelligent Scheduler',
		name: 'intelligentScheduler',
		icon: ICON('intelligentScheduler'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Takes the heartbeat slot and decides which workflow types are due, and why',
		defaults: { name: 'Intelligent Scheduler' },
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsByOperation(OUTPUTS),
		credentials: [{ name: 'orchestratorPostgres', required: true }],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, { takeSlot, plan });
	}
}
