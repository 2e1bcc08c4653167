import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { orchestratorSigningTest } from '../shared/credential-tests';
import { ICON } from '../shared/description';
import { runActions } from '../shared/run-actions';
import { dispatch } from './actions/dispatch';
import { sendTest } from './actions/send-test';
import { properties, SUBTITLE } from './description';

export class Dispatcher implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Dispatcher',
		name: 'dispatcher',
		icon: ICON('dispatcher'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Signs claimed executions and delivers them to their sub-workflows',
		defaults: { name: 'Dispatcher' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'orchestratorPostgres', required: true },
			{ name: 'orchestratorSigning', required: true, testedBy: 'orchestratorSigningTest' },
		],
		properties,
	};

	methods = { credentialTest: { orchestratorSigningTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, { dispatch, sendTest });
	}
}
