import type { INodeProperties } from 'n8n-workflow';
import {
	deploymentProperty,
	hiddenPostMethod,
	internalBaseUrlOption,
	pathProperty,
} from '../shared/description';

export const SUBTITLE = '={{ $parameter["workflowType"] }}';

export const properties: INodeProperties[] = [
	{
		displayName:
			'To try this workflow, click “Execute workflow” and send a sample: <code>master-orchestrator send-test</code>, or a Dispatcher node with Send Test',
		name: 'testNotice',
		type: 'notice',
		default: '',
	},
	deploymentProperty(),
	{
		displayName: 'Workflow Type',
		name: 'workflowType',
		type: 'string',
		default: 'content_pipeline',
		required: true,
		description: 'Registered type whose tasks this workflow takes',
	},
	hiddenPostMethod,
	pathProperty('mo-main/content-pipeline'),
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [internalBaseUrlOption],
	},
];
