import type { NewTask, Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	blocked,
	emptyQueue,
	expireLease,
	failed,
	letWaitingPass,
	onlyTask,
	openQueue,
	planFor,
	reclaim,
	report,
	startOne,
	succeeded,
	task,
	taskRow,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => {
	await emptyQueue(database);
	await database.query('update orchestrator.workflow_types set queue_limit_seconds = null');
});

const refusal = { message: 'connect ECONNREFUSED' };
const waitOf = async (taskId: string) => {
	const [row] = await database.query(
		`select round(extract(epoch from not_before - clock_timestamp()))::int as s from orchestrator.tasks where id = $1`,
		[taskId],
	);
	return row?.s;
};

describe('a deadline for waiting', () => {
	test('buries a task that nobody claimed until then, with its reason', async () => {
		const [added] = await orchestrator.queue.enqueue([task({ expiresAt: new Date(Date.now() + 3_600_000) })]);
		expect(await orchestrator.runs.recover()).toMatchObject({ deadTasks: 0 });
		await database.query(`update orchestrator.tasks set expires_at = now()`);
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		expect(await orchestrator.runs.recover()).toMatchObject({ deadTasks: 1 });
		expect(await orchestrator.queue.inspect(added!.taskId)).toMatchObject({
			task: { state: 'dead' },
			deadLetter: { code: 'WAITED_TOO_LONG', reason: 'its deadline for waiting passed' },
		});
	});

	test('does not reach a task that runs, but one that waits for its next attempt', async () => {
		const execution = await startOne(orchestrator, { expiresAt: new Date(Date.now() + 3_600_000) });
		await database.query(`update orchestrator.tasks set expires_at = now()`);
		expect(await orchestrator.runs.recover()).toMatchObject({ deadTasks: 0 });
		await report(orchestrator, execution, [failed(onlyTask(execution))]);
		expect(await orchestrator.runs.recover()).toMatchObject({ deadTasks: 1 });
	});

	test('comes from its type when the task has none, counted from its due time', async () => {
		await database.query('update orchestrator.workflow_types set queue_limit_seconds = 600');
		const [now, later] = await orchestrator.queue.enqueue([
			task(),
			task({ notBefore: new Date('2099-01-01T00:00:00Z') }),
		]);
		expect(await taskRow(database, later!.taskId)).toMatchObject({
			expires_at: new Date('2099-01-01T00:10:00Z'),
		});
		const row = await taskRow(database, now!.taskId);
		expect(Number(row.expires_at) - Number(row.eligible_at)).toBe(600_000);
	});

	test('a claim in the making is not overtaken: the recovery skips the task, and it is claimed', async () => {
		const [added] = await orchestrator.queue.enqueue([task({ expiresAt: new Date(Date.now() + 1500) })]);
		const claimer = await database.client();
		await claimer.query('begin');
		await claimer.query('select orchestrator.claim($1)', [JSON.stringify(planFor())]);
		const passed = async () =>
			(await taskRow(database, added!.taskId)).expires_at! <
			(await database.query('select clock_timestamp() as now'))[0]!.now!;
		while (!(await passed()));
		expect(await orchestrator.runs.recover()).toMatchObject({ deadTasks: 0 });
		await claimer.query('commit');
		expect(await taskRow(database, added!.taskId)).toMatchObject({ state: 'claimed' });
	});
});

describe('numbers of one task in place of its type', () => {
	test('maxAttempts and the backoff of failures', async () => {
		const overrides = {
			maxAttempts: 3,
			backoffBaseSeconds: 1000,
			backoffCeilingSeconds: 1500,
			backoffJitterSeconds: 0,
		};
		const first = await startOne(orchestrator, { overrides });
		const taskId = onlyTask(first);
		await report(orchestrator, first, [failed(taskId)]);
		expect(await waitOf(taskId)).toBe(1000);
		await letWaitingPass(database);
		const second = await reclaim(orchestrator);
		await expireLease(database, second.executionId);
		await orchestrator.runs.recover();
		expect(await waitOf(taskId)).toBe(1500);
		await letWaitingPass(database);
		const third = await reclaim(orchestrator);
		await report(orchestrator, third, [failed(taskId)]);
		expect(await taskRow(database, taskId)).toMatchObject({ state: 'dead', attempts: 3 });
	});

	test('deliveryRetries of a series of refusals', async () => {
		const [added] = await orchestrator.queue.enqueue([
			task({ overrides: { deliveryRetries: 1, maxAttempts: 1 } }),
		]);
		await orchestrator.executions.refuse(await reclaim(orchestrator), refusal);
		expect(await taskRow(database, added!.taskId)).toMatchObject({ state: 'scheduled', attempts: 0 });
		await letWaitingPass(database);
		await orchestrator.executions.refuse(await reclaim(orchestrator), refusal);
		expect(await taskRow(database, added!.taskId)).toMatchObject({ state: 'dead', attempts: 1 });
	});

	test('limitSeconds: of a batch the longest, without any the type’s', async () => {
		await orchestrator.queue.enqueue([
			task({ overrides: { limitSeconds: 40 } }),
			task({ overrides: { limitSeconds: 700 } }),
			task(),
		]);
		expect((await reclaim(orchestrator, 2)).limitSeconds).toBe(700);
		expect((await reclaim(orchestrator, 1)).limitSeconds).toBe(300);
	});
});

describe('debounce', () => {
	const debounce = { key: 'tea', seconds: 60 };
	const send = async (n: number, more: Parameters<typeof task>[0] = {}) => {
		const [answer] = await orchestrator.queue.enqueue([task({ input: { n }, debounce, ...more })]);
		if (!answer) throw new Error('no answer');
		return answer;
	};
	const only = async () => {
		const tasks = await orchestrator.queue.list();
		expect(tasks).toHaveLength(1);
		return tasks[0]!;
	};

	test('many sends are one task with the last input and the highest priority, due after the last one', async () => {
		const first = await send(1, { priority: 2 });
		await send(2, { priority: 9 });
		const last = await send(3, { priority: 4 });
		expect(last).toEqual({ ...first, created: false, existingState: 'scheduled' });
		expect(await only()).toMatchObject({ input: { n: 3 }, priority: 9, coalesced: 2, state: 'scheduled' });
		expect(await waitOf(first.taskId)).toBeCloseTo(60, -1);
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		await letWaitingPass(database);
		expect((await reclaim(orchestrator)).items[0]?.input).toEqual({ n: 3 });
	});

	const early = new Date('2099-01-01T00:00:00Z');
	const late = new Date('2099-01-02T00:00:00Z');
	/** One call a send, or one call for all. */
	const ways = ['one call each', 'one call'] as const;
	const sendAll = async (way: (typeof ways)[number], tasks: NewTask[]) => {
		if (way === 'one call') await orchestrator.queue.enqueue(tasks);
		else for (const each of tasks) await orchestrator.queue.enqueue([each]);
		return await only();
	};

	test.each(ways)('with %s the last send decides everything that its task carries', async (way) => {
		const [parent] = await orchestrator.queue.enqueue([task()]);
		await database.query(`update orchestrator.tasks set state = 'cancelled', finished_at = now()`);
		const first = task({ input: { n: 1, content_type: 'news' }, debounce, context: { from: 'first' } });
		const last = task({
			input: { n: 2, content_type: 'guide' },
			debounce,
			context: { from: 'last' },
			overrides: { maxAttempts: 1 },
			successors: [{ workflowType: TYPE, input: { after: true } }],
			parentTaskId: parent!.taskId,
			parentExecutionId: '7f1c3f2e-0a51-4d4f-9d0e-0123456789ab',
		});
		if (way === 'one call') await orchestrator.queue.enqueue([first, last]);
		else for (const each of [first, last]) await orchestrator.queue.enqueue([each]);
		const [row] = await database.query(
			`select input, context, overrides, successors, fair_key, parent_task_id::text, parent_execution_id, coalesced
			from orchestrator.tasks where state = 'scheduled'`,
		);
		expect(row).toEqual({
			input: last.input,
			context: last.context,
			overrides: last.overrides,
			successors: last.successors,
			fair_key: `${TYPE}:guide`,
			parent_task_id: parent!.taskId,
			parent_execution_id: last.parentExecutionId,
			coalesced: 1,
		});
		await letWaitingPass(database);
		const execution = await reclaim(orchestrator);
		await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
		expect(
			(await orchestrator.queue.list({ parentTaskId: onlyTask(execution) })).map((each) => each.input),
		).toEqual([{ after: true }]);
	});

	test.each(ways)('with %s the deadline for waiting is the latest of the sends', async (way) => {
		const sent = [late, early].map((expiresAt) => task({ debounce, expiresAt }));
		expect((await sendAll(way, sent)).expiresAt).toEqual(late);
	});

	test.each(ways)(
		'with %s one send that may wait for ever is not buried at the deadline of another',
		async (way) => {
			const sent = [
				task({ debounce, expiresAt: early }),
				task({ debounce }),
				task({ debounce, expiresAt: late }),
			];
			expect((await sendAll(way, sent)).expiresAt).toBeNull();
		},
	);

	test.each(ways)(
		'with %s the longest silence that a send asks for is kept, and the first send says how long at most',
		async (way) => {
			const sent = [
				task({ debounce: { key: 'tea', seconds: 600, maxSeconds: 1000 } }),
				task({ debounce: { key: 'tea', seconds: 60 } }),
			];
			const { taskId } = await sendAll(way, sent);
			expect(await waitOf(taskId)).toBeCloseTo(600, -1);
			const [row] = await database.query(
				`select round(extract(epoch from debounce_until - created_at))::int as s from orchestrator.tasks`,
			);
			expect(row?.s).toBe(1000);
		},
	);

	test('a deadline before the end of the silence is refused: the task could never start', async () => {
		const expiresAt = new Date(Date.now() + 10_000);
		await expect(send(1, { expiresAt })).rejects.toThrow(
			`expiresAt must lie after the end of debounce.seconds (60), got ${expiresAt.toISOString()}`,
		);
		expect(await orchestrator.queue.list()).toEqual([]);
	});

	test('the deadline for waiting is the type’s where no send has its own', async () => {
		await database.query('update orchestrator.workflow_types set queue_limit_seconds = 600');
		const { taskId } = await send(4, { debounce: { key: 'coffee', seconds: 60 } });
		const row = await taskRow(database, taskId);
		expect(Number(row.expires_at) - Number(row.not_before)).toBe(600_000);
	});

	test('keep: first keeps the first input', async () => {
		await send(1, { debounce: { ...debounce, keep: 'first' } });
		await send(2, { debounce: { ...debounce, keep: 'first' } });
		expect((await only()).input).toEqual({ n: 1 });
	});

	test('a task waits no longer than maxSeconds after the first send, however often it is sent', async () => {
		const first = await send(1, { debounce: { ...debounce, maxSeconds: 100 } });
		await database.query(
			`update orchestrator.tasks set not_before = not_before - interval '70 seconds', debounce_until = debounce_until - interval '70 seconds'`,
		);
		await send(2, { debounce: { ...debounce, maxSeconds: 100 } });
		const wait = Number(await waitOf(first.taskId));
		expect(wait).toBeGreaterThan(0);
		expect(wait).toBeLessThanOrEqual(30);
	});

	test('sends of one batch are folded among themselves, other keys and types stay apart', async () => {
		const answers = await orchestrator.queue.enqueue([
			task({ input: { n: 1 }, debounce }),
			task({ input: { n: 2 }, debounce: { key: 'coffee', seconds: 60 } }),
			task({ input: { n: 3 }, debounce }),
			task({ input: { n: 4 } }),
		]);
		expect(answers.map((each) => each.created)).toEqual([false, true, true, true]);
		expect(answers[0]?.taskId).toBe(answers[2]?.taskId);
		const tasks = await orchestrator.queue.list();
		expect(tasks.map((each) => each.input.n).sort()).toEqual([2, 3, 4]);
	});

	test('once it is promoted the next send is a new task', async () => {
		const first = await send(1);
		await letWaitingPass(database);
		await orchestrator.runs.recover();
		const second = await send(2);
		expect(second.created).toBe(true);
		expect(second.taskId).not.toBe(first.taskId);
	});

	test('a send that meets a promotion in the making waits for it and makes a new task: no input is lost', async () => {
		const first = await send(1);
		await letWaitingPass(database);
		const promoter = await database.client();
		await promoter.query('begin');
		await promoter.query('select orchestrator.promote_due(10)');
		const sending = send(2);
		await blocked(database, 1);
		await promoter.query('commit');
		expect((await sending).created).toBe(true);
		const tasks = await orchestrator.queue.list();
		expect(tasks.map(({ taskId, input, state }) => [taskId === first.taskId, input.n, state])).toEqual([
			[true, 1, 'queued'],
			[false, 2, 'scheduled'],
		]);
	});

	test('of many sends at the same moment one task comes, which stands for all of them', async () => {
		const processes = Array.from({ length: 4 }, () => database.orchestrator());
		const answers = await Promise.all(
			Array.from({ length: 24 }, (_, n) =>
				processes[n % 4]!.queue.enqueue([task({ input: { n }, priority: 1 + (n % 9), debounce })]),
			),
		);
		expect(answers.flat().filter((each) => each.created)).toHaveLength(1);
		expect(await only()).toMatchObject({ coalesced: 23, priority: 9 });
	});

	test.each([
		['an idempotency key', { idempotencyKey: 'tea' }, 'has an idempotency key or is debounced, not both'],
		[
			'an earliest start',
			{ notBefore: new Date('2099-01-01T00:00:00Z') },
			'takes no notBefore, got 2099-01-01',
		],
	])('a debounced task with %s is refused: both would decide', async (_, more, message) => {
		await expect(send(1, more)).rejects.toThrow(message);
		expect(await orchestrator.queue.list()).toEqual([]);
	});
});
