import type { INodeParameters } from 'n8n-workflow';
import type { Orchestrator } from '../../core';
import { bury, emptyQueue, openQueue, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { CANARY } from '../support/secret-cases';
import { endNodePool, type EngineOptions } from './engine';
import { runQueueNode } from './queue-node';

let database: TestDatabase;
let orchestrator: Orchestrator;
let engine: EngineOptions;
let first: string;
let second: string;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	engine = { url: database.url };
});
beforeEach(async () => {
	await emptyQueue(database);
	first = await bury(orchestrator, {}, { code: 'QUOTA', message: 'quota of model 7 is used up' });
	second = await bury(orchestrator, {}, { code: 'TIMEOUT', message: 'no answer in time' });
});
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

const letters = async (
	action: 'list' | 'analyze' | 'redrive' | 'discard',
	parameters: INodeParameters = {},
) => await runQueueNode(engine, `deadLetter ${action}`, { filters: {}, ...parameters });
const states = async () =>
	(await database.query('select state from orchestrator.tasks order by id')).map(({ state }) => state);

it('List gives one item a letter, the latest death first, filtered by cause, task, type and time', async () => {
	const { json } = await letters('list', { limit: 50 });
	expect(json.map(({ taskId }) => taskId)).toEqual([second, first]);
	expect(json[1]).toMatchObject({ status: 'open', code: 'QUOTA', workflowType: TYPE });
	const ids = async (filters: INodeParameters) =>
		(await letters('list', { limit: 50, filters })).json.map(({ taskId }) => taskId);
	expect(await ids({ cause: String(json[1]?.cause) })).toEqual([first]);
	expect(await ids({ taskIds: `${first},${second}`, workflowTypes: TYPE, status: 'all' })).toEqual([
		second,
		first,
	]);
	expect(await ids({ diedAfter: '2099-01-01T00:00:00' })).toEqual([]);
	expect(await ids({ diedBefore: '2099-01-01T00:00:00', fairKeys: `${TYPE}, other` })).toEqual([
		second,
		first,
	]);
	expect((await letters('list', { limit: 1 })).json.map(({ taskId }) => taskId)).toEqual([second]);
});

it('List goes on over the pages of the database', async () => {
	await database.query(
		`insert into orchestrator.dead_letters select (jsonb_populate_record(d, jsonb_build_object('task_id', 1000000 + n))).*
		 from orchestrator.dead_letters d, generate_series(1, 1200) n where d.task_id = $1`,
		[first],
	);
	const { json } = await letters('list', { limit: 1100 });
	expect(new Set(json.map(({ taskId }) => taskId)).size).toBe(1100);
	expect((await letters('list', { limit: 10000 })).json).toHaveLength(1202);
});

it('Analyze gives one item a cause', async () => {
	const { json } = await letters('analyze');
	expect(json.map(({ code, count }) => [code, count])).toEqual(
		expect.arrayContaining([
			['QUOTA', 1],
			['TIMEOUT', 1],
		]),
	);
	expect(json).toHaveLength(2);
});

it('Inspect shows the letter with every error, its stack and what was decided, and no secret', async () => {
	const { json } = await runQueueNode(engine, 'deadLetter inspect', { taskId: first });
	expect(json[0]).toMatchObject({
		inspection: {
			task: { taskId: first, state: 'dead' },
			deadLetter: { code: 'QUOTA', status: 'open' },
			failures: [{ code: 'QUOTA', error: { stack: expect.any(String) }, recoveryAction: 'dead_letter' }],
			transitions: expect.any(Array),
		},
	});
	expect(JSON.stringify(json)).not.toContain(CANARY);
});

describe.each(['redrive', 'discard'] as const)('%s', (action) => {
	it('only counts, as the editor presets it, and says how to do it', async () => {
		const { json } = await letters(action);
		expect(json[0]).toMatchObject({
			[action]: {
				dryRun: true,
				matching: 2,
				taskIds: expect.arrayContaining([first, second]),
				message: expect.stringContaining('Nothing was changed: switch “Dry Run” off to do it.'),
			},
		});
		expect(await states()).toEqual(['dead', 'dead']);
		expect((await orchestrator.deadLetters.list()).letters).toHaveLength(2);
	});

	it('takes nothing where the expression of a filter finds nothing: that would mean every letter', async () => {
		for (const filter of ['cause', 'taskIds', 'workflowTypes', 'diedBefore']) {
			const filters = { [filter]: '={{ $json.missing }}' };
			const { error } = await letters(action, { dryRun: false, filters });
			expect(error?.message).toContain(`filters.${filter}: is empty: fill it in, or remove it`);
		}
		expect((await orchestrator.deadLetters.list()).letters).toHaveLength(2);
	});

	it('takes the letters of the filters, in the name of workflow and execution', async () => {
		const parameters = { dryRun: false, filters: { taskIds: first } };
		const { json } = await letters(action, parameters);
		expect(json[0]).toMatchObject({ [action]: { dryRun: false, matching: 1, taskIds: [first] } });
		expect(JSON.stringify(json[0])).toContain('1 open dead letter matches the filters');
		const { letters: done } = await orchestrator.deadLetters.list({ status: 'all', taskIds: [first] });
		const who = 'Workflow wf (n8n execution 4711)';
		expect(done[0]).toMatchObject(
			action === 'redrive'
				? { status: 'redriven', redrivenBy: who, redrives: 1 }
				: { status: 'discarded', discardedBy: who },
		);
		expect(await states()).toEqual([action === 'redrive' ? 'scheduled' : 'dead', 'dead']);
		const again = await letters(action, parameters);
		expect(JSON.stringify(again.json[0])).toContain(`there is nothing to ${action}`);
	});
});

it('a rate spreads what is redriven, and the answer says when the last one is due', async () => {
	const from = Date.now();
	const { json } = await letters('redrive', { dryRun: false, ratePerMinute: 2 });
	const { lastDueAt } = json[0]?.redrive as { lastDueAt: string };
	expect(Date.parse(lastDueAt) - from).toBeGreaterThanOrEqual(29_000);
	expect(await orchestrator.queue.list({ states: ['scheduled'] })).toHaveLength(2);
});

it('one wrong item does not stop the others where the node goes on after errors', async () => {
	const { json } = await runQueueNode(
		engine,
		'deadLetter inspect',
		{ taskId: '={{ $json.id }}' },
		[{ id: 'x' }, { id: second }],
		'continueRegularOutput',
	);
	expect(json[0]).toMatchObject({ id: 'x', error: expect.stringContaining('“x” is no task ID') });
	expect(json[1]).toMatchObject({ inspection: { task: { taskId: second } } });
});
