import type { GenerationContext, NodeParameters, WorkflowDefinition } from '../definition';
import { baseNode, ownNode, settings, workflowName } from '../definitions/nodes';

/** The same in every node of the recipe; an operator writes a name of their own. */
const LOCK = 'my-workflow';

/** Longer than the ten seconds at which the recipe is watched, short enough that n8n keeps it in memory. */
const WORK_SECONDS = 15;

/**
 * Three nodes keep a cron workflow from overlapping itself. The branch below them is for a person: it makes the tables,
 * shows the lock, and opens it by force once its last node is activated. `docs/recipes/mutex.md` leads through it.
 */
export function mutexRecipe({ deployment, timezone }: GenerationContext): WorkflowDefinition {
	return {
		key: 'mutex',
		name: workflowName('No Overlap', deployment),
		settings: settings(timezone, { saveDataSuccessExecution: 'all' }),
		regions: [
			{
				key: 'work',
				title: 'One run at a time',
				text: 'A run that finds the lock taken leaves through Busy and ends. Put your own nodes in the place of “Your Work”: its 15 seconds only stand in for them. The lock opens when the run ends, whether it went well or not.',
				color: 4,
				lanes: [0, 0],
			},
			{
				key: 'hand',
				title: 'By hand: set up and look',
				text: 'Execute this once before you publish: it makes the tables. Later it shows who holds the lock. Stuck? Activate “Open the Lock”, execute, and deactivate it again.',
				color: 7,
				lanes: [1, 1],
			},
		],
		nodes: [
			baseNode({ key: 'schedule', region: 'work', name: 'Schedule', typeVersion: 1.3 }, 'scheduleTrigger', {
				rule: { interval: [{ field: 'minutes', minutesInterval: 5 }] },
			}),
			mutex({ key: 'lock', region: 'work', name: 'One at a Time' }, 'acquire', {
				onBusy: 'skip',
				options: {},
			}),
			baseNode({ key: 'work', region: 'work', name: 'Your Work', typeVersion: 1.1 }, 'wait', {
				amount: WORK_SECONDS,
			}),
			baseNode({ key: 'skipped', region: 'work', name: 'Skipped', typeVersion: 1, row: 1 }, 'noOp', {}),
			baseNode({ key: 'hand', region: 'hand', name: 'By Hand', typeVersion: 1 }, 'manualTrigger', {}),
			ownNode({ key: 'set-up', region: 'hand', name: 'Set Up Tables' }, 'stateMachineController', {
				operation: 'setup',
				mode: 'apply',
			}),
			mutex({ key: 'inspect', region: 'hand', name: 'Who Holds It', row: 1 }, 'inspect'),
			mutex({ key: 'open', region: 'hand', name: 'Open the Lock', row: 1, disabled: true }, 'release', {
				options: { force: true },
			}),
		],
		edges: [
			{ from: 'schedule', to: 'lock' },
			{ from: 'lock', output: 'acquired', to: 'work' },
			{ from: 'lock', output: 'busy', to: 'skipped' },
			{ from: 'hand', to: 'set-up' },
			{ from: 'hand', to: 'inspect' },
			{ from: 'inspect', to: 'open' },
		],
	};
}

function mutex(place: Parameters<typeof ownNode>[0], operation: string, parameters: NodeParameters = {}) {
	return ownNode(place, 'workflowMutex', { operation, lock: LOCK, ...parameters });
}
