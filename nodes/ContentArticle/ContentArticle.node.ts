import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { ICON } from '../shared/description';
import { runActions } from '../shared/run-actions';
import { assemble } from './actions/assemble';
import { publish } from './actions/publish';
import { properties, SUBTITLE } from './description';

export class ContentArticle implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Content Article',
		name: 'contentArticle',
		icon: ICON('contentArticle'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Makes an article of what a model wrote and publishes it exactly once',
		defaults: { name: 'Content Article' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'orchestratorPostgres', required: true, displayOptions: { show: { operation: ['publish'] } } },
		],
		properties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, { assemble, publish });
	}
}
