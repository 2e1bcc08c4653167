import { InvalidInputError } from '../../core';
import {
	bury,
	claimOne,
	failed,
	onlyTask,
	planFor,
	report,
	startOne,
	succeeded,
	task,
	TYPE,
} from '../postgres/scenario';
import { conform, minutesBetween } from './conform';
import type { House } from './house';
import { OTHER_TYPE } from './house';

const DAY = 86_400;

/** A task that ended well; answers its id. */
async function succeed({ ports }: House): Promise<string> {
	const execution = await startOne(ports);
	await report(ports, execution, [succeeded(onlyTask(execution))]);
	return onlyTask(execution);
}

conform('history', (house) => {
	const taskIds = async (filter = {}) => {
		const { entries } = await house().ports.history.tasks(filter);
		return entries.map((each) => each.taskId);
	};

	test('shows what has ended, the newest first, and nothing that lives', async () => {
		const { ports, pass } = house();
		const first = await succeed(house());
		await pass(60);
		const second = await bury(ports);
		await claimOne(ports);
		const { entries } = await ports.history.tasks();
		expect(entries).toMatchObject([
			{ taskId: second, state: 'dead', archived: false },
			{ taskId: first, state: 'succeeded', result: { words: 600 }, finishedAt: expect.any(Date) },
		]);
		expect(await taskIds({ states: ['dead'] })).toEqual([second]);
		expect(await taskIds({ types: [OTHER_TYPE] })).toEqual([]);
	});

	test('pages until there is no more, each entry once', async () => {
		const all: string[] = [];
		for (let n = 0; n < 5; n++) {
			all.unshift(await succeed(house()));
			await house().pass(60);
		}
		const seen: string[] = [];
		let after: string | undefined;
		do {
			const page = await house().ports.history.tasks({ limit: 2, after });
			seen.push(...page.entries.map((each) => each.taskId));
			after = page.next ?? undefined;
		} while (after !== undefined);
		expect(seen).toEqual(all);
	});

	test('a time range is half open', async () => {
		const first = await succeed(house());
		await house().pass(600);
		const second = await succeed(house());
		const { entries } = await house().ports.history.tasks();
		const [newer, older] = entries.map((each) => each.finishedAt);
		// A millisecond more: Postgres counts finer than a Date.
		const next = (at: Date | undefined) => new Date(at!.getTime() + 1);
		expect(await taskIds({ from: next(older) })).toEqual([second]);
		expect(await taskIds({ to: newer })).toEqual([first]);
		expect(await taskIds({ from: older, to: next(newer) })).toEqual([second, first]);
	});

	test.each([{ limit: 0 }, { limit: 1001 }, { after: 'elsewhere' }])('%j is refused', async (filter) => {
		await expect(house().ports.history.tasks(filter)).rejects.toThrow(InvalidInputError);
	});

	test('executions tell their tasks, their run and how they ended', async () => {
		const { ports } = house();
		const { runId } = await ports.runs.begin({ kind: 'wake_up', owner: 'a' });
		await ports.queue.enqueue([task(), task()]);
		const [both] = await ports.queue.claim(planFor({ runId, maxExecutions: 1 }, 2));
		const items = both!.items.map((item) => item.task_id);
		await report(
			ports,
			both!,
			items.map((id) => succeeded(id)),
		);
		const refused = await claimOne(ports);
		await ports.executions.refuse(refused, { message: 'no', code: 'HTTP_500' });
		const { entries } = await ports.history.executions();
		const of = (id: string | undefined) => entries.find((each) => each.executionId === id);
		expect(of(both?.executionId)).toMatchObject({
			workflowType: TYPE,
			state: 'reported',
			epoch: 1,
			taskIds: items,
			runId,
			archived: false,
		});
		expect(of(refused.executionId)).toMatchObject({
			state: 'cancelled',
			runId: null,
			error: { code: 'HTTP_500' },
		});
		const cancelled = await ports.history.executions({ states: ['cancelled'] });
		expect(cancelled.entries.map((each) => each.executionId)).toEqual([refused.executionId]);
	});

	test('runs are filtered by kind and end', async () => {
		const { runs, history } = house().ports;
		const done = await runs.begin({ kind: 'wake_up', owner: 'a' });
		await runs.complete(done.runId);
		const lost = await runs.begin({ kind: 'manual', owner: 'a' });
		await runs.fail(lost.runId, { message: 'no' });
		await runs.begin({ kind: 'manual', owner: 'a' });
		const idsOf = async (filter: Parameters<typeof history.runs>[0]) =>
			(await history.runs(filter)).entries.map((each) => each.runId);
		expect(await idsOf({ kinds: ['manual'] })).toEqual([lost.runId]);
		expect(await idsOf({ states: ['COMPLETED'] })).toEqual([done.runId]);
	});

	test('a timeline has every change and failure in order, with the time between them', async () => {
		const { ports, pass } = house();
		const execution = await startOne(ports);
		const taskId = onlyTask(execution);
		await pass(60);
		await report(ports, execution, [failed(taskId)]);
		const seen = await ports.history.timeline(taskId);
		const line = seen?.events.map((event) =>
			event.kind === 'failure' ? event.action : `${event.from} ${event.to}`,
		);
		expect(line).toEqual([
			'null queued',
			'queued claimed',
			'claimed running',
			'running failed',
			'failed scheduled',
			'retry',
		]);
		expect(seen?.events[0]?.sinceMs).toBeNull();
		expect(Math.round((seen?.events[3]?.sinceMs ?? 0) / 60_000)).toBe(1);
		expect(seen).toMatchObject({ taskId, state: 'scheduled', attempts: 1, finishedAt: null, children: [] });
		expect(await ports.history.timeline('999999')).toBeNull();
		await expect(ports.history.timeline('x')).rejects.toThrow(InvalidInputError);
	});
});

conform('the archive', (house) => {
	test('takes what ended 30 days ago, and the history still shows it', async () => {
		const { ports, pass } = house();
		const taskId = await succeed(house());
		await pass(29 * DAY);
		expect(await ports.history.archive()).toMatchObject({ tasks: 0, executions: 0 });
		await pass(2 * DAY);
		expect(await ports.history.archivable()).toEqual({ tasks: 1, executions: 1, runs: 0 });
		expect(await ports.history.archive()).toMatchObject({ tasks: 1, executions: 1, failures: 0 });
		expect(await ports.history.archivable()).toEqual({ tasks: 0, executions: 0, runs: 0 });
		expect(await ports.queue.list()).toEqual([]);
		expect(await ports.queue.inspect(taskId)).toMatchObject({
			task: { taskId, state: 'succeeded' },
			archived: true,
			transitions: [{ to: 'queued' }, { to: 'claimed' }, { to: 'running' }, { to: 'succeeded' }],
		});
		expect(await ports.queue.explain(taskId)).toMatchObject({
			verdict: 'ended',
			summary: expect.stringMatching(/^It is succeeded since .*, and in the archive\.$/),
			tasksAhead: null,
		});
		const { entries } = await ports.history.tasks();
		expect(entries).toMatchObject([{ taskId, state: 'succeeded', archived: true }]);
		const timeline = await ports.history.timeline(taskId);
		expect(timeline).toMatchObject({ archived: true });
		expect(timeline?.events).toHaveLength(4);
	});

	test('leaves a tree of which a member lives or ended later', async () => {
		const { ports, pass } = house();
		const old = await succeed(house());
		await pass(31 * DAY);
		await ports.queue.enqueue([task({ parentTaskId: old })]);
		expect(await ports.history.archive()).toMatchObject({ tasks: 0 });
		expect(await ports.history.archivable()).toMatchObject({ tasks: 1 });
	});

	test('leaves a dead task that can still be redriven, and takes it once it was given up', async () => {
		const { ports, configure, pass } = house();
		await configure(TYPE, { deadLetterDays: 60 });
		await bury(ports);
		await pass(40 * DAY);
		expect(await ports.history.archive()).toMatchObject({ tasks: 0 });
		await ports.deadLetters.discard({}, { actor: 'Kim' });
		expect(await ports.history.archive()).toMatchObject({ tasks: 1, failures: expect.any(Number) });
	});

	test('a discarded letter that is kept longer is listed, and can be inspected with its errors', async () => {
		const { ports, configure, pass } = house();
		await configure(TYPE, { deadLetterDays: 60 });
		const taskId = await bury(ports);
		await ports.deadLetters.discard({}, { actor: 'Kim' });
		await pass(40 * DAY);
		await ports.history.archive();
		expect((await ports.deadLetters.list({ status: 'discarded' })).letters).toMatchObject([{ taskId }]);
		expect(await ports.queue.inspect(taskId)).toMatchObject({
			archived: true,
			deadLetter: { taskId, status: 'discarded' },
			failures: [{ message: expect.any(String), recoveryAction: 'dead_letter' }],
		});
	});

	test('a shorter age can be asked for, but not less than a day', async () => {
		const { ports, pass } = house();
		await succeed(house());
		await pass(3 * DAY);
		expect(await ports.history.archive({ olderThanDays: 5 })).toMatchObject({ tasks: 0 });
		expect(await ports.history.archive({ olderThanDays: 2 })).toMatchObject({ tasks: 1 });
		await expect(ports.history.archive({ olderThanDays: 0 })).rejects.toThrow(InvalidInputError);
	});

	test('keys outlive the archive; when they are forgotten, the key makes a new task', async () => {
		const { ports, pass } = house();
		const same = task({ idempotencyKey: 'a' });
		const [first] = await ports.queue.enqueue([same]);
		const [execution] = await ports.queue.claim(planFor());
		await report(ports, execution!, [succeeded(first!.taskId)]);
		await pass(40 * DAY);
		await ports.history.archive();
		expect(await ports.history.purge({ keepDays: 1 })).toMatchObject({ keys: 0 });
		expect(await ports.queue.enqueue([same])).toEqual([
			{ ...first, created: false, existingState: 'succeeded' },
		]);
		await pass(55 * DAY);
		expect(await ports.history.purge()).toMatchObject({ keys: 1, receipts: 1 });
		const [second] = await ports.queue.enqueue([same]);
		expect(second?.created).toBe(true);
	});

	test('a pass of recovery archives as well', async () => {
		const { ports, pass, now } = house();
		await succeed(house());
		await pass(31 * DAY);
		await ports.runs.recover();
		const { entries } = await ports.history.executions();
		expect(entries).toMatchObject([{ archived: true }]);
		expect(minutesBetween(entries[0]!.finishedAt, await now())).toBe(31 * 24 * 60);
	});
});
