import type { GenerationContext, WorkflowDefinition } from '../definition';
import { baseNode, ownNode, settings, workflowName } from './nodes';

/** Optional speed: without it the same errors are found when the lease of the execution ends. */
export function errorHandler({ deployment, timezone }: GenerationContext): WorkflowDefinition {
	return {
		key: 'error-handler',
		name: workflowName('Orchestrator Error Handler', deployment),
		settings: settings(timezone, { saveDataSuccessExecution: 'none' }),
		regions: [
			{
				key: 'record',
				title: 'Record errors at once',
				text: 'Choose this as the error workflow in the settings of your other workflows, and publish it. Without it errors are still found, when a lease ends.',
				color: 3,
				columns: [0, 1],
			},
		],
		nodes: [
			baseNode(
				{ key: 'error', region: 'record', name: 'Workflow Failed', typeVersion: 1 },
				'errorTrigger',
				{},
			),
			ownNode({ key: 'record', region: 'record', name: 'Record Error' }, 'stateMachineController', {
				operation: 'recordError',
			}),
		],
		edges: [{ from: 'error', to: 'record' }],
	};
}
