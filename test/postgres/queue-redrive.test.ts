import type { Orchestrator } from '../../core';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import {
	blocked,
	bury,
	buryMany,
	emptyQueue,
	expireLease,
	failed,
	onlyTask,
	openType,
	reclaim,
	report,
	startOne,
	succeeded,
	taskRow,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
/** Each on connections of its own, as if it were another process. */
let processes: Orchestrator[];

beforeAll(async () => {
	database = await freshDatabase();
	processes = Array.from({ length: 4 }, () => database.orchestrator());
	orchestrator = database.orchestrator();
	await openType(database, orchestrator);
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

test('a redriven task goes back to its queue with attempts 0 and its epoch kept, and works again', async () => {
	const taskId = await bury(orchestrator, { input: { content_type: 'news' } });
	const before = await taskRow(database, taskId);
	const answer = await orchestrator.deadLetters.redrive({ taskIds: [taskId] }, { actor: 'ann' });
	expect(answer).toMatchObject({ matching: 1, taskIds: [taskId], lastDueAt: expect.any(Date) });
	expect(await taskRow(database, taskId)).toMatchObject({
		state: 'scheduled',
		attempts: 0,
		epoch: before.epoch,
		fair_key: `${TYPE}:news`,
		finished_at: null,
		expires_at: null,
	});
	const execution = await reclaim(orchestrator);
	expect(execution).toMatchObject({
		epoch: Number(before.epoch) + 1,
		items: [{ task_id: taskId, attempt: 1 }],
	});
	await report(orchestrator, execution, [succeeded(taskId)]);
	expect(await orchestrator.queue.inspect(taskId)).toMatchObject({
		task: { state: 'succeeded' },
		deadLetter: { status: 'redriven', redrives: 1, redrivenBy: 'ann' },
	});
	const row = await database.query(
		`select actor from orchestrator.state_transitions where from_state = 'dead' and to_state = 'scheduled'`,
	);
	expect(row).toEqual([{ actor: 'redrive:ann' }]);
});

test('a callback of an earlier life changes nothing after the redrive, before and after the new claim', async () => {
	const first = await startOne(orchestrator, { overrides: { maxAttempts: 1 } });
	const taskId = onlyTask(first);
	await expireLease(database, first.executionId);
	await orchestrator.runs.recover();
	await orchestrator.deadLetters.redrive({ taskIds: [taskId] }, { actor: 'ann' });
	expect((await report(orchestrator, first, [succeeded(taskId)], 'late_1')).outcome).toBe('stale');
	const second = await reclaim(orchestrator);
	expect((await report(orchestrator, first, [succeeded(taskId)], 'late_2')).outcome).toBe('stale');
	expect(await taskRow(database, taskId)).toMatchObject({ state: 'claimed', epoch: second.epoch });
	expect((await report(orchestrator, second, [succeeded(taskId)])).outcome).toBe('applied');
});

test('a rate spreads the starts evenly, the oldest death first', async () => {
	const ids = await buryMany(orchestrator, 4);
	const { taskIds, lastDueAt } = await orchestrator.deadLetters.redrive(
		{},
		{ actor: 'ann', ratePerMinute: 30 },
	);
	expect(taskIds).toEqual(ids);
	const rows = await database.query(
		`select extract(epoch from not_before - min(not_before) over ())::float8 as s, not_before from orchestrator.tasks order by id`,
	);
	expect(rows.map((row) => row.s)).toEqual([0, 2, 4, 6]);
	expect(lastDueAt).toEqual(rows[3]?.not_before);
});

test('a preview counts and changes nothing, a limit takes the latest deaths', async () => {
	const ids = await buryMany(orchestrator, 3);
	const preview = await orchestrator.deadLetters.redrive(
		{},
		{ actor: 'ann', dryRun: true, ratePerMinute: 60 },
	);
	expect(preview).toMatchObject({ matching: 3, taskIds: ids });
	expect(await orchestrator.queue.list({ states: ['dead'] })).toHaveLength(3);
	const limited = await orchestrator.deadLetters.redrive({}, { actor: 'ann', limit: 2 });
	expect(limited).toMatchObject({ matching: 3, taskIds: ids.slice(1) });
	expect(await orchestrator.deadLetters.redrive({ causes: ['none'] }, { actor: 'ann' })).toEqual({
		matching: 0,
		taskIds: [],
		lastDueAt: null,
	});
});

test('a task that waited too long gets the same time to wait again', async () => {
	const [waiting] = await orchestrator.queue.enqueue([
		{ workflowType: TYPE, input: {}, expiresAt: new Date(Date.now() + 3_600_000) },
	]);
	await database.query(
		`update orchestrator.tasks set created_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'`,
	);
	await orchestrator.runs.recover();
	await orchestrator.deadLetters.redrive({}, { actor: 'ann' });
	const [row] = await database.query(
		`select extract(epoch from expires_at - not_before)::float8 as s from orchestrator.tasks where id = $1`,
		[waiting!.taskId],
	);
	expect(row?.s).toBe(3600);
	expect(await orchestrator.runs.recover()).toMatchObject({ deadTasks: 0 });
});

test('a task that dies again reopens its letter with the new error and keeps the count of redrives', async () => {
	const taskId = await bury(orchestrator, {}, { message: 'first' });
	await orchestrator.deadLetters.redrive({}, { actor: 'ann' });
	const execution = await reclaim(orchestrator);
	await report(orchestrator, execution, [
		failed(taskId, { recommended: false, not_before: null }, { message: 'second', code: 'B' }),
	]);
	expect((await orchestrator.deadLetters.list()).letters).toMatchObject([
		{ taskId, status: 'open', cause: 'B: second', failures: 2, redrives: 1, redrivenBy: 'ann' },
	]);
});

test('of several redrives and discards at the same moment each letter is in exactly one', async () => {
	const ids = await buryMany(orchestrator, 12);
	const answers = await Promise.all([
		...processes.map((each, n) => each.deadLetters.redrive({}, { actor: `redriver ${n}` })),
		...processes.map((each, n) => each.deadLetters.discard({}, { actor: `discarder ${n}` })),
	]);
	expect(answers.flatMap((each) => each.taskIds).sort()).toEqual([...ids].sort());
	const wrong = await database.query(
		`select 1 from orchestrator.dead_letters d join orchestrator.tasks t on t.id = d.task_id
		where (d.status = 'redriven') <> (t.state = 'scheduled') or (d.status = 'discarded') <> (t.state = 'dead') or d.redrives > 1`,
	);
	expect(wrong).toEqual([]);
});

test('a redrive that began before another one committed does not put the task back twice', async () => {
	const taskId = await bury(orchestrator);
	const first = await database.client();
	await first.query('begin');
	await first.query(`select orchestrator.redrive_dead_letters('{}', '{"actor": "first"}')`);
	const meanwhile = await orchestrator.deadLetters.redrive({}, { actor: 'second' });
	await first.query('commit');
	expect(meanwhile.taskIds).toEqual([]);
	expect(await orchestrator.deadLetters.redrive({}, { actor: 'third' })).toMatchObject({ matching: 0 });
	expect(await orchestrator.queue.inspect(taskId)).toMatchObject({
		deadLetter: { redrives: 1, redrivenBy: 'first' },
	});
});

test.each([
	['redrive', `status = 'discarded', discarded_at = now(), discarded_by = 'other'`, 'discarded'],
	['discard', `status = 'redriven', redrives = 1, redriven_at = now(), redriven_by = 'other'`, 'redriven'],
] as const)(
	'a %s that finds the letter decided by another one leaves it and its task alone',
	async (verb, decision, status) => {
		const taskId = await bury(orchestrator);
		const other = await database.client();
		await other.query('begin');
		await other.query(`update orchestrator.dead_letters set ${decision} where task_id = $1`, [taskId]);
		const late = orchestrator.deadLetters[verb]({}, { actor: 'late' });
		await blocked(database, 1);
		await other.query('commit');
		expect((await late).taskIds).toEqual([]);
		expect(await orchestrator.queue.inspect(taskId)).toMatchObject({
			task: { state: 'dead' },
			deadLetter: { status },
		});
	},
);

test.each([0, -1])('a rate of %p is refused', async (ratePerMinute) => {
	await expect(orchestrator.deadLetters.redrive({}, { actor: 'ann', ratePerMinute })).rejects.toThrow(
		`ratePerMinute must be above 0, got ${ratePerMinute}`,
	);
});
