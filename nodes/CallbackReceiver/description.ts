import type { INodeProperties } from 'n8n-workflow';
import {
	deploymentProperty,
	hiddenPostMethod,
	internalBaseUrlOption,
	pathProperty,
} from '../shared/description';

export const SUBTITLE = '={{ "reports of " + $parameter["deployment"] }}';

export const properties: INodeProperties[] = [
	deploymentProperty(),
	hiddenPostMethod,
	pathProperty('mo-main/callback'),
	{
		displayName: 'Emit',
		name: 'emit',
		type: 'options',
		default: 'never',
		options: [
			{ name: 'Always', value: 'always', description: 'One execution per settled report' },
			{ name: 'Failures', value: 'failures', description: 'Only reports with a failed task' },
			{ name: 'Never', value: 'never', description: 'Reports are settled without any execution' },
		],
		description: 'When a settled report starts this workflow',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [internalBaseUrlOption],
	},
];
