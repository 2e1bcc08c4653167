import type { GenerationContext, WorkflowDefinition } from '../definition';
import { baseNode, ownNode, settings, signedNode, workflowName } from './nodes';

/**
 * The heartbeat: what every phase has. Success data is not kept: a pass every five minutes and at each wake-up would
 * push the operator's own executions out of n8n's history; the database logs every pass anyway.
 */
export function masterOrchestrator({ deployment, timezone }: GenerationContext): WorkflowDefinition {
	return {
		key: 'master-orchestrator',
		name: workflowName('Master Orchestrator', deployment),
		settings: settings(timezone, { saveDataSuccessExecution: 'none' }),
		regions: [
			{
				key: 'heartbeat',
				title: 'Heartbeat',
				text: 'Looks for work every five minutes. If several n8n run this, exactly one wins each slot; the others end quietly.',
				color: 4,
				lanes: [0, 0],
			},
			{
				key: 'decide',
				title: 'Look and decide',
				// n8n's editor leaves out the settings of an imported file, so a person has to be told.
				text: 'Takes back work whose lease ran out, looks at the queue and the limits, and decides what may start now. After an import in the editor, open this workflow’s settings and save no successful executions: a pass every few minutes would fill your history.',
				color: 5,
				lanes: [0, 1],
			},
			{
				key: 'dispatch',
				title: 'Claim and dispatch',
				text: 'Takes the most urgent tasks that the limits allow, signs them and hands them to their workflows. The workflows answer at once and report later.',
				color: 6,
				lanes: [0, 0],
			},
			{
				key: 'nothing',
				title: 'Nothing to start',
				text: 'The pass ends here: no work, or no room.',
				color: 2,
				lanes: [1, 1],
				columns: [6, 8],
			},
		],
		nodes: [
			baseNode(
				{ key: 'schedule', region: 'heartbeat', name: 'Every 5 Minutes', typeVersion: 1.3 },
				'scheduleTrigger',
				{
					rule: { interval: [{ field: 'cronExpression', expression: '0 */5 * * * *' }] },
				},
			),
			ownNode({ key: 'take-slot', region: 'heartbeat', name: 'Take Slot' }, 'intelligentScheduler', {
				operation: 'takeSlot',
				intervalMinutes: 5,
				leaseSeconds: 60,
				dispatchOnManualRuns: false,
			}),
			ownNode({ key: 'begin', region: 'decide', name: 'Begin Run' }, 'stateMachineController', {
				operation: 'begin',
			}),
			ownNode({ key: 'recover', region: 'decide', name: 'Recover' }, 'stateMachineController', {
				operation: 'recover',
				options: {},
			}),
			ownNode({ key: 'stop-zombies', region: 'decide', name: 'Stop Zombies' }, 'stateMachineController', {
				operation: 'stopZombies',
			}),
			ownNode({ key: 'snapshot', region: 'decide', name: 'Snapshot' }, 'resourceManager', {
				operation: 'snapshot',
			}),
			ownNode({ key: 'plan', region: 'decide', name: 'Plan' }, 'intelligentScheduler', {
				operation: 'plan',
				options: {},
			}),
			ownNode({ key: 'dispatching', region: 'dispatch', name: 'Dispatching' }, 'stateMachineController', {
				operation: 'transition',
				to: 'DISPATCHING',
			}),
			ownNode({ key: 'claim', region: 'dispatch', name: 'Claim' }, 'priorityQueueManager', {
				operation: 'claim',
				options: {},
			}),
			signedNode({ key: 'deliver', region: 'dispatch', name: 'Deliver' }, 'dispatcher', {
				operation: 'dispatch',
				deployment,
				options: {},
			}),
			ownNode({ key: 'monitoring', region: 'dispatch', name: 'Monitoring' }, 'stateMachineController', {
				operation: 'transition',
				to: 'MONITORING',
			}),
			ownNode({ key: 'complete', region: 'dispatch', name: 'Complete Run' }, 'stateMachineController', {
				operation: 'complete',
			}),
			ownNode(
				{ key: 'complete-idle', region: 'nothing', name: 'Complete Quietly' },
				'stateMachineController',
				{
					operation: 'complete',
				},
			),
		],
		edges: [
			{ from: 'schedule', to: 'take-slot' },
			{ from: 'take-slot', output: 'won', to: 'begin' },
			{ from: 'begin', to: 'recover' },
			{ from: 'recover', to: 'stop-zombies' },
			{ from: 'stop-zombies', to: 'snapshot' },
			{ from: 'snapshot', to: 'plan' },
			{ from: 'plan', output: 'ready', to: 'dispatching' },
			{ from: 'plan', output: 'throttled', to: 'complete-idle' },
			{ from: 'plan', output: 'idle', to: 'complete-idle' },
			{ from: 'dispatching', to: 'claim' },
			{ from: 'claim', output: 'claimed', to: 'deliver' },
			{ from: 'claim', output: 'nothing', to: 'complete-idle' },
			{ from: 'deliver', to: 'monitoring' },
			{ from: 'monitoring', to: 'complete' },
		],
	};
}
