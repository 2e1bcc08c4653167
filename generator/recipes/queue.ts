import type { GenerationContext, NodeParameters, WorkflowDefinition } from '../definition';
import { baseNode, ownNode, settings, workflowName } from '../definitions/nodes';

const TYPE = 'content_pipeline';
/** A key of its own: what is paused here holds nothing of the operator's. */
const CONTENT_TYPE = 'example';
const KEY = `${TYPE}:${CONTENT_TYPE}`;
/** Long enough that nothing is dispatched before the last node cancels it. */
const DELAY_SECONDS = 3600;

const noFilters = { filters: {} };

/** The queue by hand: the life of one task without any work, and a look at dead letters. `docs/recipes/queue.md` tells more. */
export function queueRecipe({ deployment, timezone }: GenerationContext): WorkflowDefinition {
	return {
		key: 'queue',
		name: workflowName('Queue by Hand', deployment),
		settings: settings(timezone, { saveDataSuccessExecution: 'all' }),
		regions: [
			{
				key: 'task',
				title: 'A task that is held',
				text: 'It is enqueued for an hour from now under a key of its own, and that key is paused. No other task is touched.',
				color: 4,
				lanes: [0, 0],
			},
			{
				key: 'end',
				title: 'Why, and the end of it',
				text: 'Explain names both: the pause and the time. Then the key is resumed and the task cancelled: nothing was dispatched.',
				color: 5,
				lanes: [0, 0],
			},
			{
				key: 'dead',
				title: 'What died, and why',
				text: 'Dead letters in groups of one cause, and a preview of the redrive of each. Mended the cause? Open “Redrive Each Cause”, filter what you want and switch “Dry Run” off.',
				color: 7,
				lanes: [1, 1],
			},
		],
		nodes: [
			baseNode({ key: 'hand', region: 'task', name: 'By Hand', typeVersion: 1 }, 'manualTrigger', {}),
			queue({ key: 'enqueue', region: 'task', name: 'Enqueue a Task' }, 'task', 'enqueue', {
				workflowType: TYPE,
				taskInput: `{ "topic": "The queue by hand", "content_type": "${CONTENT_TYPE}" }`,
				priority: 5,
				options: { delaySeconds: DELAY_SECONDS },
			}),
			queue({ key: 'pause', region: 'task', name: 'Pause Its Key' }, 'queue', 'pause', {
				target: 'fairKey',
				name: KEY,
				reason: 'trying out the queue by hand',
			}),
			queue({ key: 'explain', region: 'end', name: 'What Holds It' }, 'task', 'explain', {
				taskId: '={{ $json.enqueued.taskId }}',
			}),
			queue({ key: 'resume', region: 'end', name: 'Resume Its Key' }, 'queue', 'resume', {
				target: 'fairKey',
				name: KEY,
			}),
			queue({ key: 'cancel', region: 'end', name: 'Cancel It' }, 'task', 'cancel', {
				taskIds: '={{ $json.enqueued.taskId }}',
				reason: 'tried out the queue by hand',
				dryRun: false,
			}),
			queue({ key: 'letters', region: 'dead', name: 'Latest Deaths' }, 'deadLetter', 'list', {
				limit: 50,
				...noFilters,
			}),
			queue({ key: 'causes', region: 'dead', name: 'Causes', row: 1 }, 'deadLetter', 'analyze', noFilters),
			queue({ key: 'redrive', region: 'dead', name: 'Redrive Each Cause', row: 1 }, 'deadLetter', 'redrive', {
				dryRun: true,
				filters: { cause: '={{ $json.cause }}' },
				limit: 1000,
				ratePerMinute: 10,
			}),
		],
		edges: [
			{ from: 'hand', to: 'enqueue' },
			{ from: 'enqueue', to: 'pause' },
			{ from: 'pause', to: 'explain' },
			{ from: 'explain', to: 'resume' },
			{ from: 'resume', to: 'cancel' },
			{ from: 'hand', to: 'letters' },
			{ from: 'hand', to: 'causes' },
			{ from: 'causes', to: 'redrive' },
		],
	};
}

function queue(
	place: Parameters<typeof ownNode>[0],
	resource: string,
	operation: string,
	parameters: NodeParameters,
) {
	return ownNode(place, 'priorityQueueManager', { resource, operation, ...parameters });
}
