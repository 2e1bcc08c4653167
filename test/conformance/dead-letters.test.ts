import { InvalidInputError } from '../../core';
import { bury, claimOne, onlyTask, reclaim, report, startOne, succeeded, TYPE } from '../postgres/scenario';
import { conform, minutesBetween } from './conform';
import { OTHER_TYPE } from './house';

const KIM = { actor: 'Kim' };

conform('dead letters', (house) => {
	const letterIds = async (filter = {}) => {
		const { letters } = await house().ports.deadLetters.list(filter);
		return letters.map((letter) => letter.taskId);
	};

	test('a task that died has an open letter with its reason, its cause and how long it is kept', async () => {
		const { ports, now } = house();
		const taskId = await bury(ports, {}, { message: 'no route to 10.0.0.7', code: 'EHOSTUNREACH' });
		const { letters, next } = await ports.deadLetters.list();
		expect(letters).toMatchObject([
			{
				taskId,
				workflowType: TYPE,
				fairKey: TYPE,
				status: 'open',
				cause: 'EHOSTUNREACH: no route to <n>',
				code: 'EHOSTUNREACH',
				message: 'no route to 10.0.0.7',
				reason: 'the report advised against another attempt',
				failures: 1,
				redrives: 0,
				redrivenAt: null,
				discardedAt: null,
			},
		]);
		expect(next).toBeNull();
		expect(minutesBetween(await now(), letters[0]?.diedAt)).toBe(0);
		expect(minutesBetween(await now(), letters[0]?.expiresAt)).toBe(30 * 24 * 60);
		expect((await ports.queue.inspect(taskId))?.deadLetter).toEqual(letters[0]);
	});

	test('the latest death comes first, in pages', async () => {
		const { ports } = house();
		const first = await bury(ports);
		await house().pass(60);
		const second = await bury(ports);
		await house().pass(60);
		const third = await bury(ports);
		const page = await ports.deadLetters.list({}, { limit: 2 });
		expect(page.letters.map((letter) => letter.taskId)).toEqual([third, second]);
		const rest = await ports.deadLetters.list({}, { limit: 2, after: page.next ?? '' });
		expect(rest.letters.map((letter) => letter.taskId)).toEqual([first]);
		expect(rest.next).toBeNull();
		await expect(ports.deadLetters.list({}, { after: 'elsewhere' })).rejects.toThrow(InvalidInputError);
	});

	test('letters are filtered by type, key, cause, task and a half-open time of death', async () => {
		const { ports, pass } = house();
		const one = await bury(ports, { input: { content_type: 'news' } }, { message: 'a', code: 'A' });
		await pass(600);
		const two = await bury(ports, {}, { message: 'b', code: 'B' });
		// Read afterwards: on Postgres what was before has moved.
		const { letters } = await ports.deadLetters.list({ taskIds: [two] });
		const diedAt = letters[0]?.diedAt;
		expect(await letterIds({ fairKeys: [`${TYPE}:news`] })).toEqual([one]);
		expect(await letterIds({ causes: ['B: b'] })).toEqual([two]);
		expect(await letterIds({ taskIds: [one] })).toEqual([one]);
		expect(await letterIds({ workflowTypes: [OTHER_TYPE] })).toEqual([]);
		expect(await letterIds({ diedBefore: diedAt })).toEqual([one]);
		expect(await letterIds({ diedAfter: new Date(diedAt!.getTime() - 60_000) })).toEqual([two]);
	});

	test('errors that differ only in numbers, ids and addresses are one group, the biggest first', async () => {
		const { ports, pass } = house();
		const first = await bury(ports, {}, { message: 'model took 31 s at https://a.example/x', code: 'SLOW' });
		await pass(60);
		await bury(ports, {}, { message: 'no words', code: 'EMPTY' });
		await pass(60);
		const last = await bury(ports, {}, { message: 'model took 44.5 s at https://b.example/y', code: 'SLOW' });
		const groups = await ports.deadLetters.analyze();
		expect(groups).toMatchObject([
			{
				cause: 'SLOW: model took <n> s at <url>',
				code: 'SLOW',
				count: 2,
				workflowTypes: { [TYPE]: 2 },
				sample: { taskId: last },
			},
			{ cause: 'EMPTY: no words', count: 1 },
		]);
		const [slow] = groups;
		expect(minutesBetween(slow!.firstDiedAt, slow?.lastDiedAt)).toBe(2);
		expect(await letterIds({ causes: [slow!.cause] })).toEqual([last, first]);
	});

	test('a redriven task begins again with no attempts and its epoch kept: a callback of its earlier life is stale', async () => {
		const { ports } = house();
		const earlier = await startOne(ports, { overrides: { maxAttempts: 1 } });
		const taskId = onlyTask(earlier);
		await ports.executions.abandon(earlier, { message: 'gone' });
		expect(await ports.deadLetters.redrive({}, KIM)).toMatchObject({ matching: 1, taskIds: [taskId] });
		expect(await ports.queue.list()).toMatchObject([{ state: 'scheduled', attempts: 0, finishedAt: null }]);
		const again = await reclaim(ports);
		expect(again).toMatchObject({ epoch: earlier.epoch + 1, items: [{ task_id: taskId, attempt: 1 }] });
		expect((await report(ports, earlier, [succeeded(taskId)])).outcome).toBe('stale');
		expect((await report(ports, again, [succeeded(taskId)])).outcome).toBe('applied');
	});

	test('its letter says by whom, leaves the open ones, and is open again when the task dies again', async () => {
		const { ports } = house();
		const taskId = await bury(ports);
		await ports.deadLetters.redrive({ taskIds: [taskId] }, KIM);
		expect(await letterIds()).toEqual([]);
		const { letters } = await ports.deadLetters.list({ status: 'redriven' });
		expect(letters).toMatchObject([{ taskId, redrives: 1, redrivenBy: 'Kim', redrivenAt: expect.any(Date) }]);
		const again = await reclaim(ports);
		await report(ports, again, [
			{
				task_id: taskId,
				outcome: 'failed',
				error: { message: 'again' },
				retry: { recommended: false, not_before: null },
				usage: [],
			},
		]);
		expect((await ports.deadLetters.list()).letters).toMatchObject([
			{ taskId, status: 'open', message: 'again', failures: 2, redrives: 1 },
		]);
	});

	test('with a rate the oldest death starts at once and each further one a step later', async () => {
		const { ports, pass, now } = house();
		const first = await bury(ports);
		await pass(60);
		const second = await bury(ports);
		await pass(60);
		const third = await bury(ports);
		const answer = await ports.deadLetters.redrive({}, { ...KIM, ratePerMinute: 0.1 });
		expect(answer).toMatchObject({ matching: 3, taskIds: [first, second, third] });
		expect(minutesBetween(await now(), answer.lastDueAt)).toBe(20);
		const dues = (await ports.queue.list()).map((each) => each.notBefore);
		const from = await now();
		expect(dues.map((due) => minutesBetween(from, due))).toEqual([0, 10, 20]);
	});

	test('a limit takes the latest deaths, and a dry run only counts', async () => {
		const { ports, pass } = house();
		await bury(ports);
		await pass(60);
		const latest = await bury(ports);
		const dry = await ports.deadLetters.redrive({}, { ...KIM, limit: 1, dryRun: true });
		expect(dry).toMatchObject({ matching: 2, taskIds: [latest] });
		expect(await ports.queue.list({ states: ['dead'] })).toHaveLength(2);
		expect(await ports.deadLetters.redrive({}, { ...KIM, limit: 1 })).toMatchObject({ taskIds: [latest] });
		expect(await ports.deadLetters.redrive({ taskIds: ['999999'] }, KIM)).toEqual({
			matching: 0,
			taskIds: [],
			lastDueAt: null,
		});
	});

	test('a discarded letter leaves the open ones, and its task stays dead', async () => {
		const { ports } = house();
		const taskId = await bury(ports);
		expect(await ports.deadLetters.discard({}, { ...KIM, dryRun: true })).toEqual({
			matching: 1,
			taskIds: [taskId],
		});
		expect(await ports.deadLetters.discard({}, KIM)).toEqual({ matching: 1, taskIds: [taskId] });
		expect(await letterIds()).toEqual([]);
		expect(await letterIds({ status: 'discarded' })).toEqual([taskId]);
		expect(await ports.deadLetters.redrive({}, KIM)).toMatchObject({ matching: 0 });
		expect(await ports.queue.list()).toMatchObject([{ state: 'dead' }]);
	});

	test('a letter past its time is gone and cannot be redriven; recovery removes it', async () => {
		const { ports, configure, pass } = house();
		await configure(TYPE, { deadLetterDays: 1 });
		const taskId = await bury(ports);
		await pass(25 * 3600);
		expect(await letterIds({ status: 'all' })).toEqual([]);
		expect(await ports.deadLetters.redrive({}, KIM)).toMatchObject({ matching: 0 });
		expect(await ports.runs.recover()).toMatchObject({ purgedDeadLetters: 1 });
		expect(await ports.queue.inspect(taskId)).toMatchObject({ deadLetter: null, task: { state: 'dead' } });
	});

	test('a redriven task with a deadline for waiting has at least the time that it had at first', async () => {
		const { ports, now, pass } = house();
		const expiresAt = new Date((await now()).getTime() + 600_000);
		const taskId = await bury(ports, { expiresAt });
		await pass(1800);
		await ports.deadLetters.redrive({ taskIds: [taskId] }, KIM);
		const [again] = await ports.queue.list();
		expect(minutesBetween(await now(), again?.expiresAt)).toBe(10);
		await pass(24 * 3600);
		expect(await ports.runs.recover()).toMatchObject({ deadTasks: 1 });
		await ports.deadLetters.redrive({ taskIds: [taskId] }, KIM);
		const [third] = await ports.queue.list();
		expect(minutesBetween(await now(), third?.expiresAt)).toBe(10);
	});

	test('the successors of a death are enqueued once, however often it dies', async () => {
		const { ports } = house();
		const taskId = await bury(ports, { successors: [{ workflowType: OTHER_TYPE, when: 'dead' }] });
		await ports.deadLetters.redrive({ taskIds: [taskId] }, KIM);
		await ports.executions.abandon(await reclaim(ports), { message: 'gone' });
		expect(await ports.queue.list({ workflowType: OTHER_TYPE })).toHaveLength(1);
	});

	test('a bound that is no date, and a status of letters that are not open, are refused instead of taking every letter', async () => {
		const { ports } = house();
		const taskId = await bury(ports);
		const noDate = new Date('yesterdayish');
		for (const change of ['redrive', 'discard'] as const) {
			await expect(ports.deadLetters[change]({ diedBefore: noDate }, KIM)).rejects.toThrow(
				'diedBefore is not a date',
			);
			await expect(ports.deadLetters[change]({ diedAfter: noDate }, KIM)).rejects.toThrow(InvalidInputError);
			await expect(ports.deadLetters[change]({ status: 'discarded' }, KIM)).rejects.toThrow(
				/status must be open.*got discarded/,
			);
		}
		await expect(ports.deadLetters.list({ diedAfter: noDate })).rejects.toThrow('diedAfter is not a date');
		expect(await letterIds()).toEqual([taskId]);
	});

	test('a nameless order and a rate of nothing are refused', async () => {
		const { ports } = house();
		await claimOne(ports);
		await expect(ports.deadLetters.redrive({}, { actor: '' })).rejects.toThrow(InvalidInputError);
		await expect(ports.deadLetters.discard({}, { actor: '' })).rejects.toThrow(InvalidInputError);
		await expect(ports.deadLetters.redrive({}, { ...KIM, ratePerMinute: 0 })).rejects.toThrow(
			/ratePerMinute must be above 0/,
		);
	});
});
