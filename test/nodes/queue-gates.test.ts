import type { Orchestrator } from '../../core';
import { emptyQueue, openQueue, task, TYPE } from '../postgres/scenario';
import { CANARY } from '../support/secret-cases';
import type { TestDatabase } from '../support/postgres';
import { endNodePool, type EngineOptions, runNode } from './engine';
import { runQueueNode } from './queue-node';

const NEWS = `${TYPE}:news`;
const news = () => task({ input: { topic: 'tea', content_type: 'news' } });

let database: TestDatabase;
let orchestrator: Orchestrator;
let engine: EngineOptions;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	engine = { url: database.url };
});
beforeEach(async () => {
	await emptyQueue(database);
	await orchestrator.queue.enqueue([task(), news()]);
});
afterEach(async () => {
	for (const target of [{ workflowType: TYPE }, { fairKey: NEWS }])
		await orchestrator.queue.resume(target, { actor: 'test' });
});
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

const key = { target: 'fairKey', name: NEWS };

it('Pause holds a key in the name of workflow and execution, List Keys shows it, Resume opens it again', async () => {
	const paused = await runQueueNode(engine, 'queue pause', { ...key, reason: 'provider is down' }, [
		{ mine: 1 },
	]);
	expect(paused.json[0]).toMatchObject({
		mine: 1,
		pause: {
			fairKey: NEWS,
			changed: true,
			pause: { by: 'Workflow wf (n8n execution 4711)', reason: 'provider is down' },
			message: `Fair key ${NEWS} is paused: nothing of it is claimed until it is resumed.`,
		},
	});
	const held = await runQueueNode(engine, 'queue keys', { filters: { paused: 'paused' } });
	expect(held.json).toMatchObject([{ fairKey: NEWS, queued: 1, pause: { reason: 'provider is down' } }]);
	const open = await runQueueNode(engine, 'queue keys', { filters: { paused: 'open', workflowType: TYPE } });
	expect(open.json.map(({ fairKey }) => fairKey)).toEqual([TYPE]);
	const resumed = await runQueueNode(engine, 'queue resume', key);
	expect(resumed.json[0]).toMatchObject({
		resume: { changed: true, pause: null, message: `Fair key ${NEWS} is open again.` },
	});
	expect((await runQueueNode(engine, 'queue keys', { filters: {} })).json).toHaveLength(2);
});

it('a second Pause changes nothing and names who paused first', async () => {
	await orchestrator.queue.pause({ workflowType: TYPE }, { actor: 'Ann', reason: 'holiday' });
	const type = { target: 'workflowType', name: TYPE };
	const { json } = await runQueueNode(engine, 'queue pause', { ...type, reason: 'mine' });
	expect(json[0]).toMatchObject({ pause: { changed: false, pause: { by: 'Ann', reason: 'holiday' } } });
	expect(JSON.stringify(json[0])).toContain('was paused before, by Ann');
});

it('Set Weight gives a key its weight and refuses one out of bounds', async () => {
	const { json } = await runQueueNode(engine, 'queue setWeight', { ...key, weight: 3 });
	expect(json[0]).toMatchObject({ weight: { fairKey: NEWS, weight: 3, changedKeys: 1 } });
	expect(await orchestrator.queue.keys()).toContainEqual(
		expect.objectContaining({ fairKey: NEWS, weight: 3 }),
	);
	const { error } = await runQueueNode(engine, 'queue setWeight', { ...key, weight: 1001 });
	expect(error?.message).toContain('weight: must be at most 1000, got 1001');
	expect(error?.description).toContain('Lower “weight”.');
	await runQueueNode(engine, 'queue setWeight', { ...key, weight: 1 });
});

it.each([
	['a text', { weight: 'many' }, 'weight: must be of type number, got “many”', 'Correct “weight”.'],
	['half of one', { weight: 2.5 }, 'weight: must be a whole number, got 2.5', 'Correct “weight”.'],
	['nothing', { weight: 0 }, 'weight: must be at least 1, got 0', 'Raise “weight”.'],
	[
		'another target',
		{ target: 'all' },
		'target: must be one of workflowType, fairKey, got “all”',
		'Choose one of',
	],
	['a secret', { weight: `sk-${CANARY}` }, 'weight: must be of type number, got “***”', 'Correct “weight”.'],
])(
	'Set Weight given %s names field, value, what was expected and what to do',
	async (_case, over, said, action) => {
		const { error } = await runQueueNode(engine, 'queue setWeight', { ...key, weight: 1, ...over });
		expect(error?.message).toContain(said);
		expect(error?.description).toContain(action);
		expect(JSON.stringify(error)).not.toContain(CANARY);
	},
);

it.each(['pause', 'resume', 'setWeight'])('%s names a type or key that does not exist', async (operation) => {
	const rest = { reason: 'why', weight: 2 };
	const type = { target: 'workflowType', name: 'no_such_type', ...rest };
	const unknown = await runQueueNode(engine, `queue ${operation}`, type);
	expect(unknown.error?.message).toContain('unknown workflow type "no_such_type"');
	expect(unknown.error?.description).toContain('known types');
	const empty = await runQueueNode(engine, `queue ${operation}`, { ...type, name: '={{ $json.missing }}' });
	expect(empty.error?.message).toContain('name: is empty');
});

describe('Why Idle', () => {
	it('gives one item a reason, of a default plan when the item has none', async () => {
		await orchestrator.queue.pause({ workflowType: TYPE }, { actor: 'Ann', reason: 'holiday' });
		const { json } = await runQueueNode(engine, 'queue whyIdle');
		expect(json).toMatchObject([
			{ workflowType: TYPE, reason: 'paused', because: expect.stringContaining('Ann'), earliestAt: null },
		]);
	});

	it('asks about the plan of the run behind Claim’s output Nothing', async () => {
		const run = { id: '0190a7c2-6e1b-4f5e-9c38-7d6a1f2b3c4d', kind: 'wake_up', owner: 'test' };
		const plan = { verdict: 'ready', maxExecutions: 0, decisions: [], models: [] };
		const { json } = await runQueueNode(engine, 'queue whyIdle', {}, [{ run, plan, claimed: 0 }]);
		expect(json).toMatchObject([{ workflowType: null, reason: 'no_quota' }]);
	});
});

it('a resource or operation that does not exist is refused with those that do', async () => {
	const run = async (parameters: { resource?: string; operation: string }) =>
		await runNode({ type: 'priorityQueueManager', parameters }, [{}], engine);
	const resource = await run({ resource: 'constructor', operation: 'list' });
	expect(resource.error).toMatchObject({
		message: 'This node has no resource “constructor”.',
		description: 'Choose one of: task, queue, deadLetter, type.',
	});
	const operation = await run({ resource: 'queue', operation: 'claim' });
	expect(operation.error?.message).toBe('This node has no operation “claim”.');
});
