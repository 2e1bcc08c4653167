import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { orchestratorN8nApiTest, orchestratorPostgresTest } from '../shared/credential-tests';
import { ICON } from '../shared/description';
import { runActions } from '../shared/run-actions';
import { begin } from './actions/begin';
import { complete } from './actions/complete';
import { recordError } from './actions/record-error';
import { recover } from './actions/recover';
import { setUpDatabase } from './actions/set-up-database';
import { stopZombies } from './actions/stop-zombies';
import { transition } from './actions/transition';
import { properties, SUBTITLE } from './description';

export class StateMachineController implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'State Machine Controller',
		name: 'stateMachineController',
		icon: ICON('stateMachineController'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Begins, moves, recovers and completes orchestrator runs, and sets up the database',
		defaults: { name: 'State Machine Controller' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'orchestratorPostgres', required: true, testedBy: 'orchestratorPostgresTest' },
			// Not required: n8n publishes no workflow with an empty required slot, and a pass works without it.
			{
				name: 'orchestratorN8nApi',
				required: false,
				testedBy: 'orchestratorN8nApiTest',
				displayOptions: { show: { operation: ['stopZombies'] } },
			},
		],
		properties,
	};

	methods = { credentialTest: { orchestratorN8nApiTest, orchestratorPostgresTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, {
			begin,
			complete,
			recordError,
			recover,
			setup: setUpDatabase,
			stopZombies,
			transition,
		});
	}
}
