import { InvalidInputError, PayloadTooLargeError, UnknownWorkflowTypeError } from '../../core';
import { onlyTask, planFor, reclaim, report, startOne, succeeded, task, TYPE } from '../postgres/scenario';
import { conform, minutesBetween } from './conform';
import { type House, OTHER_TYPE } from './house';

const ids = (tasks: { taskId: string }[]) => tasks.map((each) => each.taskId);

/** Claims single tasks, each reported at once, until nothing is to be had; answers their order. */
async function drain({ ports }: House, type = TYPE): Promise<string[]> {
	const order: string[] = [];
	for (;;) {
		const [execution] = await ports.queue.claim(planFor({ maxExecutions: 1 }, 1, type));
		if (!execution) return order;
		order.push(onlyTask(execution));
		await report(ports, execution, [succeeded(onlyTask(execution))]);
	}
}

conform('enqueue', (house) => {
	test('answers in the order of its input, and each task is queued with the defaults', async () => {
		const { queue } = house().ports;
		const made = await queue.enqueue([task({ input: { n: 1 } }), task({ input: { n: 2 }, priority: 9 })]);
		expect(made.map((each) => each.created)).toEqual([true, true]);
		expect(await queue.list()).toMatchObject([
			{
				taskId: made[0]?.taskId,
				input: { n: 1 },
				state: 'queued',
				priority: 5,
				attempts: 0,
				fairKey: TYPE,
				notBefore: null,
				expiresAt: null,
				executionId: null,
				coalesced: 0,
			},
			{ taskId: made[1]?.taskId, input: { n: 2 }, priority: 9 },
		]);
	});

	test('the same key and type is the same task, in one batch and later, also when it has ended', async () => {
		const { ports } = house();
		const same = task({ idempotencyKey: 'a' });
		const [first, again] = await ports.queue.enqueue([same, { ...same, input: { topic: 'other' } }]);
		expect(again).toEqual({ ...first, created: false, existingState: 'queued' });
		await drain(house());
		expect(await ports.queue.enqueue([same])).toEqual([
			{ ...first, created: false, existingState: 'succeeded' },
		]);
		expect(await ports.queue.list()).toMatchObject([{ state: 'succeeded', input: { topic: 'tea' } }]);
	});

	test('another type with the same key is another task', async () => {
		const made = await house().ports.queue.enqueue([
			task({ idempotencyKey: 'a' }),
			task({ idempotencyKey: 'a', workflowType: OTHER_TYPE }),
		]);
		expect(made.map((each) => each.created)).toEqual([true, true]);
	});

	test('every fault of a batch is told beforehand, by its place, and nothing is stored', async () => {
		const { queue } = house().ports;
		const faults = await queue.faults([
			task(),
			task({ priority: 11 }),
			task({ workflowType: 'nobody' }),
			task({ overrides: { maxAttempts: 0 } }),
		]);
		expect(faults.map(({ position }) => position)).toEqual([2, 3, 4]);
		expect(faults.map(({ fault }) => fault)).toEqual([
			'priority must be an integer from 1 to 10, got 11',
			expect.stringMatching(/^unknown workflow type "nobody"; known: .*content_pipeline/),
			expect.stringMatching(/^overrides\.maxAttempts must be an integer from 1 to 100, got 0/),
		]);
		expect(await queue.list()).toEqual([]);
	});

	test('one bad task stores nothing of its batch', async () => {
		const { queue } = house().ports;
		const unknown = task({ workflowType: 'nobody' });
		await expect(queue.enqueue([task(), unknown])).rejects.toThrow(UnknownWorkflowTypeError);
		await expect(queue.enqueue([task(), unknown])).rejects.toThrow(/task 2.*nobody.*content_pipeline/);
		expect(await queue.list()).toEqual([]);
	});

	test.each([
		['a priority outside of 1 to 10', task({ priority: 11 }), InvalidInputError],
		['a key of more than 512 characters', task({ idempotencyKey: 'k'.repeat(513) }), InvalidInputError],
		['an empty key, which would be none', task({ idempotencyKey: '' }), InvalidInputError],
		['an override out of bounds', task({ overrides: { maxAttempts: 101 } }), InvalidInputError],
		[
			'a debounced task with an idempotency key',
			task({ idempotencyKey: 'a', debounce: { key: 'a', seconds: 5 } }),
			InvalidInputError,
		],
		['a successor of an unknown type', task({ successors: [{ workflowType: 'nobody' }] }), InvalidInputError],
		['an input over the bound', task({ input: { text: 'x'.repeat(300_000) } }), PayloadTooLargeError],
	])('%s is refused', async (_, bad, expected) => {
		await expect(house().ports.queue.enqueue([bad])).rejects.toThrow(expected);
	});

	test('a deadline for waiting that lies before the earliest start is refused', async () => {
		const now = await house().now();
		const notBefore = new Date(now.getTime() + 3_600_000);
		const expiresAt = new Date(now.getTime() + 1_800_000);
		await expect(house().ports.queue.enqueue([task({ notBefore, expiresAt })])).rejects.toThrow(
			/expiresAt must lie after the earliest start/,
		);
	});

	test('a delayed task is scheduled, and a claim takes it once its time has come', async () => {
		const { ports, now, pass } = house();
		const notBefore = new Date((await now()).getTime() + 600_000);
		const [made] = await ports.queue.enqueue([task({ notBefore })]);
		expect(await ports.queue.list()).toMatchObject([{ state: 'scheduled', notBefore }]);
		expect(await ports.queue.claim(planFor())).toEqual([]);
		await pass(660);
		const [execution] = await ports.queue.claim(planFor());
		expect(onlyTask(execution!)).toBe(made?.taskId);
	});

	test('sends with one debounce key become one task, with the last input, the highest priority and the later start', async () => {
		const { ports, now, pass } = house();
		const send = (n: number, priority: number) =>
			ports.queue.enqueue([task({ input: { n }, priority, debounce: { key: 'd', seconds: 600 } })]);
		const [first] = await send(1, 7);
		await pass(300);
		expect(await send(2, 3)).toEqual([{ ...first, created: false, existingState: 'scheduled' }]);
		const [waiting] = await ports.queue.list();
		expect(waiting).toMatchObject({ state: 'scheduled', input: { n: 2 }, priority: 7, coalesced: 1 });
		expect(minutesBetween(await now(), waiting?.notBefore)).toBe(10);
	});

	test('the last send decides all that the task carries, and one that may wait for ever takes the deadline away', async () => {
		const { ports, now } = house();
		const debounce = { key: 'tea', seconds: 60 };
		const expiresAt = new Date((await now()).getTime() + 3_600_000);
		const last = task({
			input: { n: 2, content_type: 'guide' },
			context: { from: 'last' },
			successors: [{ workflowType: TYPE, input: { after: true } }],
		});
		await ports.queue.enqueue([task({ input: { n: 1, content_type: 'news' }, debounce, expiresAt })]);
		const [folded] = await ports.queue.enqueue([{ ...last, debounce }]);
		expect(await ports.queue.inspect(folded!.taskId)).toMatchObject({
			task: { input: last.input, fairKey: `${TYPE}:guide`, coalesced: 1, expiresAt: null },
			context: last.context,
		});
		await house().pass(61);
		await ports.runs.recover();
		await report(ports, await reclaim(ports), [succeeded(folded!.taskId)]);
		expect(await ports.queue.list({ parentTaskId: folded!.taskId })).toMatchObject([
			{ input: { after: true } },
		]);
		const tooEarly = new Date((await now()).getTime() + 10_000);
		await expect(ports.queue.enqueue([task({ debounce, expiresAt: tooEarly })])).rejects.toThrow(
			/expiresAt must lie after the end of debounce.seconds \(60\)/,
		);
	});

	test('a stream of sends cannot put the start off beyond its longest time, and “first” keeps the first input', async () => {
		const { ports, now, pass } = house();
		const debounce = { key: 'd', seconds: 600, maxSeconds: 1200, keep: 'first' as const };
		for (const n of [1, 2, 3]) {
			await ports.queue.enqueue([task({ input: { n }, debounce })]);
			if (n < 3) await pass(540);
		}
		const [waiting] = await ports.queue.list();
		expect(waiting?.input).toEqual({ n: 1 });
		expect(minutesBetween(await now(), waiting?.notBefore)).toBe(2);
	});

	test('a debounced task that has started gathers no more sends', async () => {
		const { ports, pass } = house();
		const send = () => ports.queue.enqueue([task({ debounce: { key: 'd', seconds: 60 } })]);
		const [first] = await send();
		await pass(90);
		expect(await ports.queue.claim(planFor())).toHaveLength(1);
		const [second] = await send();
		expect(second?.created).toBe(true);
		expect(second?.taskId).not.toBe(first?.taskId);
	});
});

conform('the claim', (house) => {
	test('takes the higher priority first, and of one priority who came first', async () => {
		const { queue } = house().ports;
		const made = ids(
			await queue.enqueue([task({ priority: 3 }), task({ priority: 9 }), task({ priority: 3 })]),
		);
		expect(await drain(house())).toEqual([made[1], made[0], made[2]]);
	});

	test('counts ten minutes of waiting as one point of priority', async () => {
		const { ports, pass } = house();
		const [old] = await ports.queue.enqueue([task({ priority: 4 })]);
		await pass(660);
		const [young, urgent] = await ports.queue.enqueue([task({ priority: 5 }), task({ priority: 6 })]);
		expect(await drain(house())).toEqual(ids([urgent!, old!, young!]));
	});

	test('puts who waited for more than 30 minutes five points up', async () => {
		const { ports, pass } = house();
		const [starved] = await ports.queue.enqueue([task({ priority: 1 })]);
		await pass(31 * 60);
		const [lower, higher] = await ports.queue.enqueue([task({ priority: 9 }), task({ priority: 10 })]);
		expect(await drain(house())).toEqual(ids([higher!, starved!, lower!]));
	});

	test.each([
		[[40], 40],
		[[40, 700], 700],
		[[40, null], 300],
		[[null, 700], 700],
		[[null, null], 300],
	])(
		'tasks with the time limits %j, null = that of the type, make an execution of %i s',
		async (limits, seconds) => {
			const { ports } = house();
			await ports.queue.enqueue(
				limits.map((limitSeconds) => task(limitSeconds === null ? {} : { overrides: { limitSeconds } })),
			);
			expect(await reclaim(ports, limits.length)).toMatchObject({
				limitSeconds: seconds,
				items: { length: limits.length },
			});
		},
	);

	test('carries what the work needs: epoch, attempt, key, input, model, addresses and limits', async () => {
		const { ports, now } = house();
		const models = [
			{ provider: 'openai' as const, model: 'm', base_url: 'http://127.0.0.1:9999' },
			{ provider: 'gemini' as const, model: 'n', base_url: 'http://127.0.0.1:9999' },
		];
		const overrides = { limitSeconds: 777 };
		const [made] = await ports.queue.enqueue([task({ idempotencyKey: 'k', overrides, priority: 8 }), task()]);
		const [first, second] = await ports.queue.claim(planFor({ models }));
		expect(first).toMatchObject({
			epoch: 1,
			workflowType: TYPE,
			priority: 8,
			parentExecutionId: null,
			limitSeconds: 777,
			endpointUrl: `http://127.0.0.1:5678/webhook/mo-main/${TYPE}`,
			callbackUrl: 'http://127.0.0.1:5678/webhook/mo-main/callback',
			model: models[0],
			items: [{ task_id: made?.taskId, idempotency_key: 'k', attempt: 1, input: { topic: 'tea' } }],
		});
		expect(second).toMatchObject({ limitSeconds: 300, model: models[1] });
		const leaseMs = first!.leaseUntil.getTime() - (await now()).getTime();
		expect(leaseMs).toBeGreaterThan(0);
		expect(leaseMs).toBeLessThanOrEqual(30_000);
	});

	test('never has more executions than there are slots, and an ended one frees its slot', async () => {
		const { ports, setSlots } = house();
		await setSlots(2);
		await ports.queue.enqueue([task(), task(), task()]);
		const executions = await ports.queue.claim(planFor());
		expect(executions).toHaveLength(2);
		expect(await ports.queue.claim(planFor())).toEqual([]);
		await report(ports, executions[0]!, [succeeded(onlyTask(executions[0]!))]);
		expect(await ports.queue.claim(planFor())).toHaveLength(1);
	});

	test('keeps the cap of the type while slots are free', async () => {
		const { ports, configure } = house();
		await configure(TYPE, { maxConcurrent: 1 });
		await ports.queue.enqueue([task(), task()]);
		expect(await ports.queue.claim(planFor())).toHaveLength(1);
		expect(await ports.queue.claim(planFor())).toEqual([]);
	});

	test('fills a batch up to its size, and never beyond what the type allows', async () => {
		const { ports, configure } = house();
		await configure(TYPE, { batchMax: 4 });
		await ports.queue.enqueue(Array.from({ length: 7 }, () => task()));
		const sizes = async (size: number) =>
			(await ports.queue.claim(planFor({ maxExecutions: 1 }, size))).map((each) => each.items.length);
		expect(await sizes(3)).toEqual([3]);
		expect(await sizes(10)).toEqual([4]);
	});

	test('gives a key no more than its share of the slots while another key waits, and all of them when none does', async () => {
		const { ports, setSlots, configure } = house();
		await setSlots(4);
		await configure(TYPE, { maxConcurrent: 4 });
		const of = (content_type: string, priority: number) => task({ input: { content_type }, priority });
		await ports.queue.enqueue([
			...Array.from({ length: 6 }, () => of('news', 9)),
			of('guide', 1),
			of('guide', 1),
		]);
		const claimed = await ports.queue.claim(planFor());
		const kinds = claimed.map((each) => each.items[0]?.input.content_type);
		expect(kinds).toEqual(['news', 'news', 'guide', 'guide']);
		for (const each of claimed.slice(2)) await report(ports, each, [succeeded(onlyTask(each))]);
		const more = await ports.queue.claim(planFor());
		expect(more.map((each) => each.items[0]?.input.content_type)).toEqual(['news', 'news']);
	});

	test('gives a key of weight 3 three times the share of a key of weight 1', async () => {
		const { ports, setSlots, configure } = house();
		await setSlots(4);
		await configure(TYPE, { maxConcurrent: 4 });
		const of = (content_type: string, priority: number) => task({ input: { content_type }, priority });
		await ports.queue.enqueue(Array.from({ length: 6 }, () => [of('news', 9), of('guide', 1)]).flat());
		expect(await ports.queue.setWeight({ fairKey: `${TYPE}:news` }, 3, { actor: 'Kim' })).toBe(1);
		const claimed = await ports.queue.claim(planFor());
		const kinds = claimed.map((each) => each.items[0]?.input.content_type);
		expect(kinds).toEqual(['news', 'news', 'news', 'guide']);
	});

	test('starts a type with a cadence once in that time', async () => {
		const { ports, configure, pass } = house();
		await configure(TYPE, { cadenceSeconds: 900 });
		await ports.queue.enqueue([task(), task(), task()]);
		expect(await ports.queue.claim(planFor())).toHaveLength(1);
		await pass(600);
		expect(await ports.queue.claim(planFor())).toEqual([]);
		await pass(360);
		expect(await ports.queue.claim(planFor())).toHaveLength(1);
	});

	test('passes by what waited too long, and takes the next', async () => {
		const { ports, now, pass } = house();
		const expiresAt = new Date((await now()).getTime() + 60_000);
		const [, next] = await ports.queue.enqueue([task({ expiresAt, priority: 9 }), task()]);
		await pass(120);
		expect(await drain(house())).toEqual([next?.taskId]);
	});

	test('takes nothing of a type without an address, nor after the address is gone', async () => {
		const { ports, configure } = house();
		await configure('silent', {});
		await ports.queue.enqueue([task({ workflowType: 'silent' }), task()]);
		expect(await drain(house(), 'silent')).toEqual([]);
		await ports.endpoints.disable(`http://127.0.0.1:5678/webhook/mo-main/${TYPE}`, 'gone');
		expect(await drain(house())).toEqual([]);
	});
});

conform('a look at the queue', (house) => {
	test('peek shows the order of the claim with the score, and takes nothing', async () => {
		const { ports, pass } = house();
		const [low] = await ports.queue.enqueue([task({ priority: 2 })]);
		await pass(600);
		const [high] = await ports.queue.enqueue([task({ priority: 9 })]);
		const seen = await ports.queue.peek();
		expect(ids(seen)).toEqual(ids([high!, low!]));
		expect(seen.map((each) => Math.round(each.score))).toEqual([90, 30]);
		expect(ids(await ports.queue.peek({ limit: 1 }))).toEqual([high?.taskId]);
		expect(await drain(house())).toEqual(ids([high!, low!]));
	});

	test('a list is by id, filtered by state, type, key and parent, in pages', async () => {
		const { queue } = house().ports;
		const [a, b, c, d] = ids(
			await queue.enqueue([
				task(),
				task({ workflowType: OTHER_TYPE }),
				task({ input: { content_type: 'news' } }),
				task({ notBefore: new Date((await house().now()).getTime() + 3_600_000) }),
			]),
		);
		const [child] = ids(await queue.enqueue([task({ parentTaskId: a })]));
		expect(ids(await queue.list({ states: ['scheduled'] }))).toEqual([d]);
		expect(ids(await queue.list({ workflowType: OTHER_TYPE }))).toEqual([b]);
		expect(ids(await queue.list({ fairKey: `${TYPE}:news` }))).toEqual([c]);
		expect(ids(await queue.list({ parentTaskId: a }))).toEqual([child]);
		expect(ids(await queue.list({ afterTaskId: b, limit: 2 }))).toEqual([c, d]);
		await expect(queue.list({ limit: 0 })).rejects.toThrow(InvalidInputError);
	});

	test('an inspection shows every change of state, and the children', async () => {
		const { ports } = house();
		const execution = await startOne(ports, { context: { campaign: 'spring' } });
		const taskId = onlyTask(execution);
		const [child] = await ports.queue.enqueue([task({ parentTaskId: taskId })]);
		await report(ports, execution, [succeeded(taskId)]);
		const seen = await ports.queue.inspect(taskId);
		expect(seen?.transitions.map(({ from, to, epoch }) => ({ from, to, epoch }))).toEqual([
			{ from: null, to: 'queued', epoch: 0 },
			{ from: 'queued', to: 'claimed', epoch: 1 },
			{ from: 'claimed', to: 'running', epoch: 1 },
			{ from: 'running', to: 'succeeded', epoch: 1 },
		]);
		expect(seen).toMatchObject({
			task: { state: 'succeeded', attempts: 1, result: { words: 600 } },
			context: { campaign: 'spring' },
			deadLetter: null,
			failures: [],
			children: [{ taskId: child?.taskId, workflowType: TYPE, state: 'queued' }],
		});
		const executions = seen?.transitions.map((each) => each.executionId);
		expect(executions).toEqual([null, ...Array.from({ length: 3 }, () => execution.executionId)]);
		expect(await ports.queue.inspect('999999')).toBeNull();
	});
});
