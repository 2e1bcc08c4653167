import type { GenerationContext, WorkflowDefinition } from '../definition';
import { contentPipeline } from '../definitions/content-pipeline';
import { errorHandler } from '../definitions/error-handler';
import { masterOrchestrator } from '../definitions/master-orchestrator';
import { ownNode, signedNode, webhookPath } from '../definitions/nodes';
import { setup } from '../definitions/setup';
import { type AddOperation, applyOverlay } from './overlay';

/** Phase 2: the Content Pipeline moves under the Master, so the Master needs wake-ups and reports. */
export function phase2(context: GenerationContext): WorkflowDefinition[] {
	const base = [setup, masterOrchestrator, contentPipeline, errorHandler].map((define) => define(context));
	return applyOverlay(base, [addWakeUps(), addReports(context)]);
}

function addWakeUps(): AddOperation {
	return {
		workflow: 'master-orchestrator',
		add: {
			regions: [
				{
					key: 'wake-up',
					title: 'Wake-ups',
					text: 'Starts a pass at once when a task arrives, a slot gets free or something falls due.',
					color: 4,
					lanes: [1, 1],
					columns: [0, 1],
				},
			],
			nodes: [
				ownNode({ key: 'wake-up', region: 'wake-up', name: 'Wake Up' }, 'orchestratorTrigger', {
					pollSeconds: 15,
					options: {},
				}),
			],
			edges: [{ from: 'wake-up', to: 'begin' }],
		},
	};
}

function addReports({ deployment }: GenerationContext): AddOperation {
	return {
		workflow: 'master-orchestrator',
		add: {
			regions: [
				{
					key: 'reports',
					title: 'Reports',
					text: 'Workflows report their results to this address. It settles the tasks by itself; nothing needs to follow.',
					color: 1,
					lanes: [1, 1],
					columns: [9, 10],
				},
			],
			nodes: [
				signedNode(
					{ key: 'callback', region: 'reports', name: 'Callback Receiver', column: 10 },
					'callbackReceiver',
					{
						deployment,
						path: webhookPath(deployment, 'callback'),
						emit: 'never',
					},
				),
			],
		},
	};
}
