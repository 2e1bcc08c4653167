import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { orchestratorLlmTest } from '../shared/credential-tests';
import { ICON } from '../shared/description';
import { runActions } from '../shared/run-actions';
import { complete } from './actions/complete';
import { properties, SUBTITLE } from './description';

export class LlmCall implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'LLM Call',
		name: 'llmCall',
		icon: ICON('llmCall'),
		group: ['transform'],
		version: 1,
		subtitle: SUBTITLE,
		description: 'Asks the language model that the orchestrator chose, and counts what it cost',
		defaults: { name: 'LLM Call' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// Not required: n8n publishes no workflow with an empty required slot, and a model server of one's own has no key.
		credentials: [{ name: 'orchestratorLlm', required: false, testedBy: 'orchestratorLlmTest' }],
		properties,
	};

	methods = { credentialTest: { orchestratorLlmTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runActions(this, { complete });
	}
}
