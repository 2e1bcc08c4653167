import type { GenerationContext, WorkflowDefinition } from '../definition';
import { baseNode, ownNode, settings, workflowName } from './nodes';

/** The migration for operators without a shell: one click. */
export function setup({ deployment, timezone }: GenerationContext): WorkflowDefinition {
	return {
		key: 'setup',
		name: workflowName('Orchestrator Setup', deployment),
		settings: settings(timezone, { saveDataSuccessExecution: 'all' }),
		regions: [
			{
				key: 'setup',
				title: 'Set up the database',
				text: 'Run this once, and after each update of the package. It brings the orchestrator tables up to date and changes nothing when they are.',
				color: 5,
				columns: [0, 1],
			},
		],
		nodes: [
			baseNode({ key: 'start', region: 'setup', name: 'Start Here', typeVersion: 1 }, 'manualTrigger', {}),
			ownNode({ key: 'set-up', region: 'setup', name: 'Set Up Database' }, 'stateMachineController', {
				operation: 'setup',
				mode: 'apply',
			}),
		],
		edges: [{ from: 'start', to: 'set-up' }],
	};
}
