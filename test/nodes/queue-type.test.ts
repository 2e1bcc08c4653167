import { NUMBER_SETTINGS, type Orchestrator } from '../../core';
import { typeFields } from '../../nodes/PriorityQueueManager/descriptions/type';
import { openQueue, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { endNodePool, type EngineOptions } from './engine';
import { runQueueNode } from './queue-node';

let database: TestDatabase;
let orchestrator: Orchestrator;
let engine: EngineOptions;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	engine = { url: database.url };
});
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

const set = async (settings: object, more: object = {}) =>
	await runQueueNode(engine, 'type set', { workflowType: TYPE, settings, create: false, ...more } as never, [
		{ mine: 1 },
	]);

it('Set Type changes what was added to the collection in the name of the workflow, List Types shows it', async () => {
	const [before] = await orchestrator.types.list();
	const settings = { maxAttempts: 3, queueLimitSeconds: 3600, backoffBaseSeconds: 0.5, title: 'Pipeline' };
	const { json, error } = await set(settings);
	expect(error).toBeNull();
	expect(json).toMatchObject([{ mine: 1, type: settings }]);
	expect((await runQueueNode(engine, 'type list')).json).toEqual([{ ...before, ...settings }]);
	await set({ queueLimitSeconds: 0 });
	expect(await orchestrator.types.list()).toMatchObject([{ queueLimitSeconds: null, maxAttempts: 3 }]);
	const [row] = await database.query(
		`select actor from orchestrator.audit_log where relation = 'workflow_types' order by seq desc limit 1`,
	);
	expect(row).toEqual({ actor: 'configure:Workflow wf (n8n execution 4711)' });
});

it.each([
	[
		'out of bounds',
		{ maxAttempts: 101 },
		'settings.maxAttempts: must be at most 100, got 101',
		'Lower “maxAttempts” in “settings”.',
	],
	[
		'that is no number',
		{ weight: 'many' },
		'settings.weight: must be of type number, got “many”',
		'Correct “weight”',
	],
	['that is empty', { title: '' }, 'settings.title: is empty: fill it in', 'Correct “title”'],
	[
		'that does not go with another',
		{ batchMax: 1 },
		'batchSize must not be more than batchMax, got 2 and 1',
		'Give “batchSize”',
	],
])(
	'a setting %s is refused with value and action, and nothing changes',
	async (_case, settings, said, action) => {
		const before = await orchestrator.types.list();
		const { error } = await set(settings);
		expect(error?.message).toContain(said);
		expect(error?.description).toContain(action);
		expect(await orchestrator.types.list()).toEqual(before);
	},
);

it('a type that is not there is an error, until it is to be made', async () => {
	const unknown = await set({ maxAttempts: 2 }, { workflowType: 'seo_monitor' });
	expect(unknown.error?.message).toContain('unknown workflow type "seo_monitor"');
	const { json } = await set({ maxAttempts: 2 }, { workflowType: 'seo_monitor', create: true });
	expect(json).toMatchObject([{ type: { workflowType: 'seo_monitor', maxAttempts: 2 } }]);
});

it('the collection of the node has every setting', () => {
	const settings = typeFields.find(({ name }) => name === 'settings')?.options ?? [];
	const names = settings.map(({ name }) => name);
	expect(names.sort()).toEqual([...NUMBER_SETTINGS, 'title'].sort());
});
