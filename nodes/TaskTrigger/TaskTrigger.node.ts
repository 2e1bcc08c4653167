import {
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON } from '../shared/description';
import { unregisterEndpoint } from '../shared/endpoint-registration';
import { acceptDispatch } from './accept-dispatch';
import { announce } from './announce';
import { properties, SUBTITLE } from './description';
import { startWork } from './start-work';

export class TaskTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Task Trigger',
		name: 'taskTrigger',
		icon: ICON('taskTrigger'),
		group: ['trigger'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Starts when the orchestrator dispatches tasks of one workflow type',
		defaults: { name: 'Task Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'orchestratorPostgres', required: true },
			{ name: 'orchestratorSigning', required: true },
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				path: '={{$parameter["path"]}}',
				isFullPath: true,
			},
		],
		properties,
	};

	webhookMethods = {
		default: {
			checkExists: async (): Promise<boolean> => false,
			async create(this: IHookFunctions): Promise<boolean> {
				return await announce(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await unregisterEndpoint(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await acceptDispatch(this);
	}

	/** n8n runs it inside the execution that the webhook started. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await startWork(this);
	}
}
