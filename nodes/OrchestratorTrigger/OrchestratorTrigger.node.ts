import {
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON } from '../shared/description';
import { properties, SUBTITLE } from './description';
import { startWakeUps } from './start-wake-ups';

export class OrchestratorTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Orchestrator Trigger',
		name: 'orchestratorTrigger',
		icon: ICON('orchestratorTrigger'),
		group: ['trigger'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Starts as soon as there is something to dispatch or to recover',
		defaults: { name: 'Orchestrator Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'orchestratorPostgres', required: true }],
		properties,
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		return await startWakeUps(this);
	}
}
