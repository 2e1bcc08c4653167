import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { type EngineOptions, type NodeRun, type NodeSpec, runNode } from './engine';

/** What n8n fills in for an action of the Priority Queue Manager that a person just chose. */
const PRESETS: Readonly<Record<string, INodeParameters>> = {
	'task enqueue': { workflowType: 'content_pipeline', taskInput: '={{ $json }}', priority: 5, options: {} },
};

/** Runs one action of the Priority Queue Manager as the editor would store it. */
export async function runQueueNode(
	engine: EngineOptions,
	action: `${'task' | 'queue' | 'deadLetter' | 'type'} ${string}`,
	parameters: INodeParameters = {},
	items: IDataObject[] = [{}],
	onError?: NodeSpec['onError'],
): Promise<NodeRun> {
	const [resource, operation] = action.split(' ');
	return await runNode(
		{
			type: 'priorityQueueManager',
			parameters: { resource, operation, ...PRESETS[action], ...parameters },
			...(onError === undefined ? {} : { onError }),
		},
		items,
		engine,
	);
}
