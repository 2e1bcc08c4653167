import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	bury,
	buryMany,
	emptyQueue,
	expireLease,
	failed,
	letWaitingPass,
	onlyTask,
	openQueue,
	reclaim,
	report,
	startOne,
	taskRow,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

test('a dead task leaves a letter with its input, every error with stack and the state of the system, and what was decided', async () => {
	await database.query(`update orchestrator.workflow_types set max_attempts = 2 where workflow_type = $1`, [
		TYPE,
	]);
	const first = await startOne(orchestrator, { context: { sender: 'ann' } });
	const taskId = onlyTask(first);
	const error = { code: 'TIMEOUT', message: 'no answer', stack: 'Error: no answer\n at here', node: 'Draft' };
	await report(orchestrator, first, [failed(taskId, undefined, error)]);
	await letWaitingPass(database);
	const second = await reclaim(orchestrator);
	await expireLease(database, second.executionId);
	await orchestrator.runs.recover();
	await database.query(`update orchestrator.workflow_types set max_attempts = 5 where workflow_type = $1`, [
		TYPE,
	]);

	const seen = await orchestrator.queue.inspect(taskId);
	expect(seen).toMatchObject({
		task: { state: 'dead', input: { topic: 'tea' }, attempts: 2 },
		context: { sender: 'ann' },
		deadLetter: {
			status: 'open',
			code: 'LEASE_EXPIRED',
			reason: '2 of 2 attempts failed',
			failures: 2,
			redrives: 0,
		},
		failures: [
			{
				attempt: 1,
				epoch: 1,
				code: 'TIMEOUT',
				error,
				input: { topic: 'tea' },
				recoveryAction: 'retry',
				decidedBy: 'settle',
			},
			{
				attempt: 2,
				epoch: 2,
				code: 'LEASE_EXPIRED',
				executionId: second.executionId,
				recoveryAction: 'dead_letter',
				decidedBy: 'recover',
			},
		],
	});
	expect(seen?.failures[0]?.systemState).toMatchObject({ slots: { used: 1, total: 3 }, typeRunning: 1 });
	expect(seen?.transitions.map((each) => each.to)).toEqual([
		'queued',
		'claimed',
		'running',
		'failed',
		'scheduled',
		'queued',
		'claimed',
		'failed',
		'dead',
	]);
	const days = seen!.deadLetter!.expiresAt.getTime() - seen!.deadLetter!.diedAt.getTime();
	expect(days).toBe(30 * 86_400_000);
});

test.each([
	['HTTP 503 after 1.5 s', 'HTTP 504 after 20 s'],
	['lock of 0f7c2d5e-1111-4222-8333-444455556666 lost', 'lock of 9a7c2d5e-aaaa-4222-8333-444455556677 lost'],
	['no route to https://a.example/x?y=1', 'no route to http://127.0.0.1:5678/webhook/z'],
	['request req_8f3kd92jfh3kd failed', 'request req_000kd92jfh999 failed'],
	['due at 2026-01-01T00:00:00Z', 'due at 2027-12-31T23:59:59Z'],
])('%s and %s have one cause', async (one, other) => {
	const [row] = await database.query(
		`select orchestrator.failure_cause('X', $1) as one, orchestrator.failure_cause('X', $2) as other,
			orchestrator.failure_cause('Y', $1) as code`,
		[one, other],
	);
	expect(row?.one).toBe(row?.other);
	expect(row?.one).not.toBe(row?.code);
});

test('different errors have different causes', async () => {
	const [row] = await database.query(
		`select count(distinct orchestrator.failure_cause('X', m))::int as causes from unnest($1::text[]) m`,
		[['quota exceeded', 'connection refused', 'bad model gpt-4o', 'bad model gemini', '']],
	);
	expect(row?.causes).toBe(5);
});

test('analyze groups by cause, the biggest first, with counts, times, types and a sample', async () => {
	const many = await buryMany(orchestrator, 3);
	await bury(orchestrator, {}, { message: 'quota exceeded', code: 'QUOTA' });
	const [first, second] = await orchestrator.deadLetters.analyze();
	expect(first).toMatchObject({
		cause: 'X: request <n> failed',
		code: 'X',
		count: 3,
		workflowTypes: { [TYPE]: 3 },
		sample: { taskId: many[2], message: 'request 3 failed' },
	});
	expect(first!.lastDiedAt.getTime()).toBeGreaterThan(first!.firstDiedAt.getTime());
	expect(second).toMatchObject({ cause: 'QUOTA: quota exceeded', count: 1 });
	expect(await orchestrator.deadLetters.analyze({ causes: ['none'] })).toEqual([]);
});

test('pages show every letter once, the latest death first, also of many that died in the same moment', async () => {
	const ids = await buryMany(orchestrator, 5);
	await database.query(
		`update orchestrator.dead_letters set died_at = '2026-01-01 00:00:00.123456Z', expires_at = now() + interval '1 day' where task_id = any($1)`,
		[ids.slice(0, 4)],
	);
	const seen: string[] = [];
	let after: string | undefined;
	for (let page = 0; page < 4; page++) {
		const { letters, next } = await orchestrator.deadLetters.list({}, { limit: 2, ...(after && { after }) });
		seen.push(...letters.map((each) => each.taskId));
		if (next === null) break;
		after = next;
	}
	expect(seen).toEqual([ids[4], ids[3], ids[2], ids[1], ids[0]]);
	await expect(orchestrator.deadLetters.list({}, { after: 'x' })).rejects.toThrow(
		'after must be the "next" of a page',
	);
});

test('letters are found by type, key, cause, id and time of death', async () => {
	const news = await bury(orchestrator, { input: { content_type: 'news' } }, { message: 'one' });
	const between = new Date();
	const guide = await bury(orchestrator, { input: { content_type: 'guide' } }, { message: 'two' });
	const found = async (filter: Parameters<typeof orchestrator.deadLetters.list>[0]) =>
		(await orchestrator.deadLetters.list(filter)).letters.map((each) => each.taskId);
	expect(await found({})).toEqual([guide, news]);
	expect(await found({ workflowTypes: ['other'] })).toEqual([]);
	expect(await found({ fairKeys: [`${TYPE}:news`] })).toEqual([news]);
	expect(await found({ causes: ['UNKNOWN: two'] })).toEqual([guide]);
	expect(await found({ taskIds: [news] })).toEqual([news]);
	expect(await found({ diedAfter: between })).toEqual([guide]);
	expect(await found({ diedBefore: between })).toEqual([news]);
	expect(await found({ status: 'redriven' })).toEqual([]);
});

test('a discarded letter leaves the list, its task stays dead, and it cannot be redriven', async () => {
	const [first, second] = await buryMany(orchestrator, 2);
	expect(await orchestrator.deadLetters.discard({}, { actor: 'ann', dryRun: true })).toMatchObject({
		matching: 2,
	});
	const answer = await orchestrator.deadLetters.discard({ taskIds: [first!] }, { actor: 'ann' });
	expect(answer).toEqual({ matching: 1, taskIds: [first] });
	const { letters } = await orchestrator.deadLetters.list({ status: 'discarded' });
	expect(letters).toMatchObject([{ taskId: first, discardedBy: 'ann', discardedAt: expect.any(Date) }]);
	expect(await orchestrator.deadLetters.redrive({}, { actor: 'ann' })).toMatchObject({ taskIds: [second] });
	expect(await taskRow(database, first!)).toMatchObject({ state: 'dead' });
});

test('letters past their time are purged by recovery, cannot be redriven before that, and the health is good again', async () => {
	const [first, second] = await buryMany(orchestrator, 2);
	const health = async () =>
		(await database.query(`select orchestrator.get_system_health() ->> 'status' as s`))[0]?.s;
	expect(await health()).toBe('degraded');
	await database.query(
		`update orchestrator.dead_letters set died_at = now() - interval '31 days', expires_at = now() - interval '1 day' where task_id = $1`,
		[first],
	);
	expect(await orchestrator.deadLetters.redrive({ taskIds: [first!] }, { actor: 'ann' })).toMatchObject({
		matching: 0,
		taskIds: [],
	});
	expect(await orchestrator.runs.recover()).toMatchObject({ purgedDeadLetters: 1 });
	expect(await orchestrator.queue.inspect(first!)).toMatchObject({
		task: { state: 'dead' },
		deadLetter: null,
	});
	await orchestrator.deadLetters.discard({ taskIds: [second!] }, { actor: 'ann' });
	expect(await health()).toBe('healthy');
});

test.each([{ actor: '' }, { actor: ' ' }])('an order without an actor is refused: %j', async (options) => {
	await expect(orchestrator.deadLetters.redrive({}, options)).rejects.toThrow('actor must say');
	await expect(orchestrator.deadLetters.discard({}, options)).rejects.toThrow('actor must say');
});
