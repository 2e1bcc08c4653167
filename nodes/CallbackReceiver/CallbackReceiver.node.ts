import {
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON } from '../shared/description';
import { unregisterEndpoint } from '../shared/endpoint-registration';
import { announce } from './announce';
import { properties, SUBTITLE } from './description';
import { receiveCallback } from './receive-callback';

export class CallbackReceiver implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Callback Receiver',
		name: 'callbackReceiver',
		icon: ICON('callbackReceiver'),
		group: ['trigger'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Settles the reports of sub-workflows',
		defaults: { name: 'Callback Receiver' },
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
		return await receiveCallback(this);
	}
}
