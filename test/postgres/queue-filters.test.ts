import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { buryMany, emptyQueue, openQueue, task, TYPE } from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const KIM = { actor: 'Kim' };
/** As an operator in psql calls it: nothing checks its types. */
const call = async (name: string, ...args: unknown[]) =>
	await database.query(
		`select * from orchestrator.${name}(${args.map((_, n) => `$${n + 1}`).join(', ')})`,
		args.map((each) => JSON.stringify(each)),
	);
const openLetters = async () => (await orchestrator.deadLetters.list()).letters.length;

const BAD_LETTER_FILTERS: [unknown, string][] = [
	[{ taskIds: '17' }, 'filter.taskIds must be a list of task ids, got "17"'],
	[{ taskIds: ['17', 'x'] }, 'filter.taskIds must be a list of task ids, got ["17", "x"]'],
	[{ workflowType: TYPE }, 'filter.workflowType is unknown; known: causes, diedAfter, diedBefore, fairKeys'],
	[{ workflowTypes: TYPE }, `filter.workflowTypes must be a list of texts, got "${TYPE}"`],
	[{ causes: [1] }, 'filter.causes must be a list of texts, got [1]'],
	[{ fairKeys: null }, 'filter.fairKeys must be a list of texts, got null'],
	[{ diedBefore: null }, 'filter.diedBefore must be an instant, got null'],
	[{ diedAfter: 'yesterdayish' }, 'filter.diedAfter must be an instant, got "yesterdayish"'],
	[{ diedAfter: 17 }, 'filter.diedAfter must be an instant, got 17'],
	[[], 'filter must be a JSON object, got []'],
	[null, 'filter must be a JSON object, got null'],
];

const BAD_OPTIONS: [unknown, string][] = [
	[{ ...KIM, dryrun: true }, 'options.dryrun is unknown; known: actor, dryRun, limit'],
	[{ ...KIM, dryRun: 'yes' }, 'options.dryRun must be true or false, got "yes"'],
	[{ ...KIM, dryRun: null }, 'options.dryRun must be true or false, got null'],
	[{ ...KIM, limit: null }, 'options.limit must be a number, got null'],
];

describe.each(['redrive_dead_letters', 'discard_dead_letters'])('%s', (change) => {
	test.each([
		...BAD_LETTER_FILTERS,
		[
			{ status: 'discarded' },
			'status must be open: only open letters are redriven or discarded, got discarded',
		],
		[{ status: 'all' }, 'status must be open: only open letters are redriven or discarded, got all'],
	])('refuses the filter %j, and changes nothing', async (filter, message) => {
		await buryMany(orchestrator, 2);
		await expect(call(change, filter, KIM)).rejects.toMatchObject({
			code: 'OR005',
			message: expect.stringContaining(message),
		});
		expect(await openLetters()).toBe(2);
	});

	test.each(BAD_OPTIONS)('refuses the options %j, and changes nothing', async (options, message) => {
		await buryMany(orchestrator, 2);
		await expect(call(change, {}, options)).rejects.toMatchObject({
			code: 'OR005',
			message: expect.stringContaining(message),
		});
		expect(await openLetters()).toBe(2);
	});

	test('takes a filter that names every field rightly, and ids as numbers', async () => {
		const [first] = await buryMany(orchestrator, 2);
		const filter = {
			taskIds: [Number(first)],
			workflowTypes: [TYPE],
			fairKeys: [TYPE],
			diedAfter: '2020-01-01',
			status: 'open',
		};
		await call(change, filter, { ...KIM, limit: 5, dryRun: false });
		expect(await openLetters()).toBe(1);
	});
});

test.each(BAD_LETTER_FILTERS)('a list of dead letters refuses the filter %j too', async (filter, message) => {
	await expect(call('list_dead_letters', filter)).rejects.toMatchObject({
		code: 'OR005',
		message: expect.stringContaining(message),
	});
});

test('a rate that is no number starts nothing all at once', async () => {
	await buryMany(orchestrator, 2);
	await expect(orchestrator.deadLetters.redrive({}, { ...KIM, ratePerMinute: Number.NaN })).rejects.toThrow(
		'options.ratePerMinute must be a number, got null',
	);
	expect(await openLetters()).toBe(2);
});

describe('cancel_tasks', () => {
	const order = { ...KIM, reason: 'sent twice' };

	const BAD_SELECTIONS: [unknown, string][] = [
		[{ workflowType: TYPE, states: 'queued' }, 'selection.states must be a list of texts, got "queued"'],
		[
			{ workflowType: TYPE, state: ['queued'] },
			'selection.state is unknown; known: fairKey, limit, states, workflowType',
		],
		[{ workflowType: TYPE, fairKey: null }, 'selection.fairKey must be a text, got null'],
		[{ workflowType: [TYPE] }, `selection.workflowType must be a text, got ["${TYPE}"]`],
		[{ taskIds: '42' }, 'selection.taskIds must be a list of task ids, got "42"'],
		[{ taskIds: ['x'] }, 'selection.taskIds must be a list of task ids, got ["x"]'],
		[
			{ taskIds: ['1'], workflowType: TYPE },
			'a selection has taskIds or a filter, not both, got taskIds and workflowType',
		],
		[null, 'selection must be a JSON object, got null'],
	];
	test.each(BAD_SELECTIONS)('refuses the selection %j, and cancels nothing', async (selection, message) => {
		await orchestrator.queue.enqueue([task(), task()]);
		await expect(call('cancel_tasks', selection, order)).rejects.toMatchObject({
			code: 'OR005',
			message: expect.stringContaining(message),
		});
		expect(await orchestrator.queue.list({ states: ['queued'] })).toHaveLength(2);
	});

	test('refuses an option that it does not know: a misspelt dry run would cancel', async () => {
		await orchestrator.queue.enqueue([task()]);
		await expect(call('cancel_tasks', { workflowType: TYPE }, { ...order, dry_run: true })).rejects.toThrow(
			'options.dry_run is unknown; known: actor, dryRun, reason',
		);
		expect(await orchestrator.queue.list({ states: ['queued'] })).toHaveLength(1);
	});
});

test.each([
	['find_tasks', { workflowTypes: [TYPE] }, 'filter.workflowTypes is unknown'],
	['find_tasks', { parentExecutionId: 'abc' }, 'filter.parentExecutionId must be a UUID, got "abc"'],
	['peek_tasks', { workflowtype: TYPE }, 'filter.workflowtype is unknown'],
	['list_fair_keys', { fairKey: TYPE }, 'filter.fairKey is unknown; known: paused, workflowType'],
	['list_fair_keys', { paused: 'yes' }, 'filter.paused must be true or false, got "yes"'],
])('%s refuses the filter %j instead of showing everything', async (name, filter, message) => {
	await expect(call(name, filter)).rejects.toMatchObject({
		code: 'OR005',
		message: expect.stringContaining(message),
	});
});

const BAD_TARGETS: [unknown, string][] = [
	[{ workflowType: TYPE, fairkey: TYPE }, 'target.fairkey is unknown; known: fairKey, workflowType'],
	[{ fairKey: [TYPE] }, `target.fairKey must be a text, got ["${TYPE}"]`],
	[{ workflowType: TYPE, fairKey: null }, 'target.fairKey must be a text, got null'],
	[{}, 'name either workflowType or fairKey, got {}'],
	[null, 'target must be a JSON object, got null'],
];
test.each(BAD_TARGETS)(
	'a pause of the target %j pauses nothing, instead of the whole type',
	async (target, message) => {
		await orchestrator.queue.enqueue([task()]);
		const pause = `select orchestrator.pause_queue($1, 'Kim', 'test')`;
		await expect(database.query(pause, [JSON.stringify(target)])).rejects.toMatchObject({
			code: 'OR005',
			message: expect.stringContaining(message),
		});
		expect(await orchestrator.queue.keys({ paused: true })).toEqual([]);
	},
);
