import { dispatchWebhookId, type ClaimedExecution, type CallbackItem } from '../../core';
import {
	claimOne,
	failed,
	onlyTask,
	planFor,
	reclaim,
	report,
	startOne,
	startWork,
	succeeded,
	task,
	TYPE,
	type WorkPorts,
} from '../postgres/scenario';
import { CANARY } from '../support/secret-cases';
import { conform, minutesBetween } from './conform';
import { OTHER_TYPE } from './house';

const ERROR = { message: 'connection refused', code: 'ECONNREFUSED' };
const USAGE: CallbackItem['usage'] = [
	{
		provider: 'openai',
		model: 'gpt-4o-mini-2024-07-18',
		requests: 1,
		input_tokens: 1_000_000,
		output_tokens: 500_000,
	},
];
/** By the prices of the first migration: 0.15 and half of 0.60. */
const USAGE_USD = 0.45;

const webhookOf = ({ executionId, epoch }: ClaimedExecution) => dispatchWebhookId(executionId, epoch);
const accept = (ports: WorkPorts, execution: ClaimedExecution) =>
	ports.executions.accept(execution, webhookOf(execution));

conform('accept, start, renew', (house) => {
	test('an execution is accepted once; a second accept is a duplicate, whatever came after the first', async () => {
		const { ports } = house();
		const execution = await claimOne(ports);
		expect(await accept(ports, execution)).toBe('accepted');
		expect(await accept(ports, execution)).toBe('duplicate');
		await ports.executions.start(execution, '77');
		expect(await accept(ports, execution)).toBe('duplicate');
		await report(ports, execution, [succeeded(onlyTask(execution))]);
		expect(await accept(ports, execution)).toBe('duplicate');
	});

	test('another epoch, an unknown execution and a dispatch lease that ran out are stale', async () => {
		const { ports, pass } = house();
		const execution = await claimOne(ports);
		const { executionId, epoch } = execution;
		expect(await ports.executions.accept({ executionId, epoch: epoch + 1 }, 'w')).toBe('stale');
		expect(
			await ports.executions.accept({ executionId: '00000000-0000-4000-8000-000000000000', epoch }, 'w'),
		).toBe('stale');
		await pass(60);
		expect(await accept(ports, execution)).toBe('stale');
	});

	test('of a stale one the reason is known: nobody knows it, another epoch, cancelled, reported, or expired', async () => {
		const { ports, pass } = house();
		const execution = await claimOne(ports);
		const why = ports.executions.whyStale.bind(ports.executions);
		expect(await why(execution)).toBeNull();
		expect(await why({ ...execution, epoch: 9 })).toBe('epoch');
		expect(await why({ executionId: '00000000-0000-4000-8000-000000000000', epoch: 1 })).toBe('unknown');
		const refused = await claimOne(ports);
		await ports.executions.refuse(refused, { message: 'no' });
		expect(await why(refused)).toBe('cancelled');
		const reported = await startOne(ports);
		await report(ports, reported, [succeeded(reported.items[0]!.task_id)]);
		expect(await why(reported)).toBe('reported');
		await pass(60);
		// Before and after somebody decided about it.
		expect(await why(execution)).toBe('expired');
		await ports.runs.recover();
		expect(await why(execution)).toBe('expired');
	});

	test('the work lease is 90 seconds, the deadline the limit of the type, both from the acknowledgement on', async () => {
		const { ports, now, pass } = house();
		const execution = await claimOne(ports);
		await pass(10);
		const acceptedAt = await now();
		await accept(ports, execution);
		const leases = await ports.executions.start(execution, '77');
		expect(minutesBetween(acceptedAt, leases?.deadlineAt)).toBe(5);
		const leaseMs = leases!.leaseUntil.getTime() - acceptedAt.getTime();
		expect(leaseMs).toBeGreaterThanOrEqual(90_000);
		expect(leaseMs).toBeLessThan(110_000);
	});

	test('a start before the accept, after its lease or in another epoch does no work', async () => {
		const { ports, pass } = house();
		const execution = await claimOne(ports);
		expect(await ports.executions.start(execution, '77')).toBeNull();
		await accept(ports, execution);
		const { executionId, epoch } = execution;
		expect(await ports.executions.start({ executionId, epoch: epoch + 1 }, '77')).toBeNull();
		await pass(120);
		expect(await ports.executions.start(execution, '77')).toBeNull();
		expect(await ports.queue.list()).toMatchObject([{ state: 'claimed' }]);
	});

	test('the n8n execution that started it may ask again, another one may not', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		expect(await ports.executions.start(execution, '77')).not.toBeNull();
		expect(await ports.executions.start(execution, '78')).toBeNull();
		expect(await ports.queue.list()).toMatchObject([{ state: 'running' }]);
	});

	test('a renewed lease goes on, never past the deadline; then nothing can be renewed', async () => {
		const { ports, now, pass } = house();
		const execution = await claimOne(ports);
		await accept(ports, execution);
		await ports.executions.start(execution, '77');
		const msLeft = async () => {
			const renewed = await ports.executions.renew(execution);
			return renewed && renewed.leaseUntil.getTime() - (await now()).getTime();
		};
		for (let n = 0; n < 3; n++) {
			await pass(60);
			expect(await msLeft()).toBeGreaterThan(60_000);
		}
		await pass(80);
		// 260 of the 300 seconds are over.
		expect(await msLeft()).toBeLessThanOrEqual(40_000);
		await pass(60);
		expect(await msLeft()).toBeNull();
	});
});

conform('settle', (house) => {
	test('a report ends its tasks with their results, and frees the slot', async () => {
		const { ports, setSlots } = house();
		await setSlots(1);
		const execution = await startOne(ports);
		const taskId = onlyTask(execution);
		expect(await report(ports, execution, [succeeded(taskId)])).toEqual({
			outcome: 'applied',
			settledTasks: [taskId],
		});
		expect(await ports.queue.list()).toMatchObject([
			{ state: 'succeeded', result: { words: 600 }, error: null, attempts: 1, executionId: null },
		]);
		await claimOne(ports);
	});

	test('a result is legal from claimed and from accepted: the callback may overtake the 202', async () => {
		const { ports } = house();
		const first = await claimOne(ports);
		expect((await report(ports, first, [succeeded(onlyTask(first))])).outcome).toBe('applied');
		expect(await accept(ports, first)).toBe('duplicate');
		const second = await claimOne(ports);
		await accept(ports, second);
		expect((await report(ports, second, [succeeded(onlyTask(second))])).outcome).toBe('applied');
	});

	test('the same report counts once, under its own webhook id and under another', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		const items = [succeeded(onlyTask(execution), USAGE)];
		await report(ports, execution, items, 'w1');
		const again = { outcome: 'duplicate', settledTasks: [] };
		expect(await report(ports, execution, items, 'w1')).toEqual(again);
		const opposite = [failed(onlyTask(execution))];
		expect(await report(ports, execution, opposite, 'w2')).toEqual(again);
		expect(await ports.queue.list()).toMatchObject([{ state: 'succeeded', costUsd: USAGE_USD }]);
	});

	test('items that are reported one after another are settled one after another; the last ends the execution', async () => {
		const { ports, setSlots } = house();
		await setSlots(1);
		await ports.queue.enqueue([task(), task()]);
		const execution = await reclaim(ports, 2);
		const [first, second] = execution.items.map((item) => item.task_id);
		expect((await report(ports, execution, [failed(first!)])).settledTasks).toEqual([first]);
		await ports.queue.enqueue([task()]);
		expect(await ports.queue.claim(planFor())).toEqual([]);
		expect((await report(ports, execution, [succeeded(second!)])).settledTasks).toEqual([second]);
		expect(await ports.queue.list()).toMatchObject([{ state: 'scheduled' }, { state: 'succeeded' }, {}]);
		expect(await ports.queue.claim(planFor())).toHaveLength(1);
	});

	test('a task that the execution never had is not settled by it', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		const [stranger] = await ports.queue.enqueue([task()]);
		expect((await report(ports, execution, [succeeded(stranger!.taskId)])).settledTasks).toEqual([]);
		expect(await ports.queue.list({ states: ['queued'] })).toMatchObject([{ taskId: stranger?.taskId }]);
	});

	test('a report of an execution that nobody knows is stale, alone and among others', async () => {
		const { ports } = house();
		const known = await startOne(ports);
		const unknown = (n: number) => ({ ...known, executionId: `00000000-0000-4000-8000-00000000000${n}` });
		const outcomeOf = async (ref: ClaimedExecution) =>
			(await report(ports, ref, [succeeded(onlyTask(known))])).outcome;
		expect(await outcomeOf(unknown(1))).toBe('stale');
		expect(await Promise.all([unknown(2), known, unknown(3)].map(outcomeOf))).toEqual([
			'stale',
			'applied',
			'stale',
		]);
	});

	test('a report of an earlier epoch changes no state, but its usage is charged', async () => {
		const { ports, pass } = house();
		const first = await startOne(ports);
		const taskId = onlyTask(first);
		await pass(120);
		await ports.runs.recover();
		await pass(90);
		const second = await reclaim(ports);
		expect(second.epoch).toBe(first.epoch + 1);
		expect((await report(ports, first, [succeeded(taskId, USAGE)])).outcome).toBe('stale');
		expect(await ports.queue.list()).toMatchObject([{ state: 'claimed', result: null, costUsd: USAGE_USD }]);
		expect((await report(ports, second, [succeeded(taskId)])).outcome).toBe('applied');
	});

	test('successors are enqueued with parent, priority, condition and mapped input', async () => {
		const { ports } = house();
		const execution = await startOne(ports, {
			priority: 7,
			successors: [
				{
					workflowType: OTHER_TYPE,
					map: { words: '$.result.words', topic: '$.input.topic' },
					input: { depth: 2 },
				},
				{ workflowType: OTHER_TYPE, condition: '$.result.words > 1000' },
				{ workflowType: OTHER_TYPE, when: 'dead' },
			],
		});
		const taskId = onlyTask(execution);
		await report(ports, execution, [succeeded(taskId)]);
		expect(await ports.queue.list({ workflowType: OTHER_TYPE })).toMatchObject([
			{
				state: 'queued',
				priority: 7,
				input: { depth: 2, words: 600, topic: 'tea' },
				parentTaskId: taskId,
				parentExecutionId: execution.executionId,
				idempotencyKey: `successor:${taskId}/1`,
			},
		]);
	});
});

conform('failure', (house) => {
	test('failures 1 to 4 back off 1, 2, 4 and 8 minutes, the fifth is the death of the task', async () => {
		const { ports, now, pass } = house();
		await ports.queue.enqueue([task()]);
		for (const minutes of [1, 2, 4, 8]) {
			const execution = await reclaim(ports);
			await report(ports, execution, [failed(onlyTask(execution))]);
			const [waiting] = await ports.queue.list();
			expect(waiting?.state).toBe('scheduled');
			expect(minutesBetween(await now(), waiting?.notBefore)).toBe(minutes);
			await pass(minutes * 60 + 30);
		}
		const last = await reclaim(ports);
		expect(last).toMatchObject({ epoch: 5, items: [{ attempt: 5 }] });
		await report(ports, last, [failed(onlyTask(last))]);
		expect(await ports.queue.list()).toMatchObject([{ state: 'dead', attempts: 5 }]);
	});

	test('a retry counts as waiting since its due time, less half of the wait before', async () => {
		const { ports, pass } = house();
		await ports.queue.enqueue([task()]);
		await pass(20 * 60);
		const execution = await reclaim(ports);
		await report(ports, execution, [failed(onlyTask(execution))]);
		const [waiting] = await ports.queue.list();
		expect(minutesBetween(waiting!.eligibleAt, waiting?.notBefore)).toBe(10);
	});

	test('a report may put the retry off, or advise against it', async () => {
		const { ports, now } = house();
		const first = await claimOne(ports);
		const not_before = new Date((await now()).getTime() + 1_800_000).toISOString();
		await report(ports, first, [failed(onlyTask(first), { recommended: true, not_before })]);
		expect(await ports.queue.list()).toMatchObject([{ state: 'scheduled', notBefore: new Date(not_before) }]);
		const second = await claimOne(ports);
		await report(ports, second, [failed(onlyTask(second), { recommended: false, not_before: null })]);
		expect(await ports.queue.list({ states: ['dead'] })).toMatchObject([{ taskId: onlyTask(second) }]);
	});

	test('the overrides of a task stand for the numbers of its type', async () => {
		const { ports, now, pass } = house();
		const overrides = { maxAttempts: 2, backoffBaseSeconds: 1200, backoffCeilingSeconds: 1200 };
		const first = await claimOne(ports, { overrides });
		await report(ports, first, [failed(onlyTask(first))]);
		const [waiting] = await ports.queue.list();
		expect(minutesBetween(await now(), waiting?.notBefore)).toBe(20);
		await pass(1260);
		const second = await reclaim(ports);
		await report(ports, second, [failed(onlyTask(second))]);
		expect(await ports.queue.list()).toMatchObject([{ state: 'dead' }]);
	});

	test('a definite refusal is delivered again after 1, 2 and 4 minutes; its exhaustion is one failure', async () => {
		const { ports, now, pass } = house();
		await ports.queue.enqueue([task()]);
		for (const minutes of [1, 2, 4]) {
			expect(await ports.executions.refuse(await reclaim(ports), ERROR)).toBe(true);
			const [waiting] = await ports.queue.list();
			expect(waiting).toMatchObject({ state: 'scheduled', attempts: 0, error: ERROR });
			expect(minutesBetween(await now(), waiting?.notBefore)).toBe(minutes);
			await pass(minutes * 60 + 30);
		}
		await ports.executions.refuse(await reclaim(ports), ERROR);
		expect(await ports.queue.list()).toMatchObject([{ state: 'scheduled', attempts: 1 }]);
	});

	test('an endpoint’s Retry-After is kept, and an accept begins a new delivery series', async () => {
		const { ports, now, pass } = house();
		const first = await claimOne(ports);
		const retryAt = new Date((await now()).getTime() + 600_000);
		await ports.executions.refuse(first, ERROR, { retryAt });
		expect(await ports.queue.list()).toMatchObject([{ notBefore: retryAt }]);
		await pass(660);
		const second = await reclaim(ports);
		await accept(ports, second);
		await report(ports, second, [failed(onlyTask(second))]);
		await pass(120);
		await ports.executions.refuse(await reclaim(ports), ERROR);
		const [waiting] = await ports.queue.list();
		expect(minutesBetween(await now(), waiting?.notBefore)).toBe(1);
	});

	test('what was accepted or taken away cannot be refused any more', async () => {
		const { ports } = house();
		const execution = await claimOne(ports);
		await accept(ports, execution);
		expect(await ports.executions.refuse(execution, ERROR)).toBe(false);
		expect(await ports.queue.list()).toMatchObject([{ state: 'claimed' }]);
	});

	test('an abandoned execution fails the tasks that it did not report, at once and once', async () => {
		const { ports } = house();
		await ports.queue.enqueue([task(), task()]);
		const execution = await reclaim(ports, 2);
		await report(ports, execution, [succeeded(execution.items[0]!.task_id)]);
		expect(await ports.executions.abandon(execution, ERROR)).toBe(1);
		expect(await ports.executions.abandon(execution, ERROR)).toBe(0);
		expect(await ports.queue.list()).toMatchObject([
			{ state: 'succeeded' },
			{ state: 'scheduled', attempts: 1 },
		]);
	});

	test('an execution is found by the n8n execution that carried it, as long as it works', async () => {
		const { ports } = house();
		await startOne(ports);
		expect(await ports.executions.abandonByN8nExecution('1', ERROR)).toBe(0);
		expect(await ports.executions.abandonByN8nExecution('77', ERROR)).toBe(1);
		expect(await ports.executions.abandonByN8nExecution('77', ERROR)).toBe(0);
	});

	test('of two n8n with an execution of the same id, each finds its own', async () => {
		const { ports } = house();
		const [one, other] = [await claimOne(ports), await claimOne(ports)];
		await startWork(ports, one, '77', 'one');
		await startWork(ports, other, '77', 'other');
		expect(await ports.executions.abandonByN8nExecution('77', ERROR)).toBe(0);
		expect(await ports.executions.abandonByN8nExecution('77', ERROR, 'a third')).toBe(0);
		expect(await ports.executions.abandonByN8nExecution('77', ERROR, 'one')).toBe(1);
		expect(await ports.executions.renew(one)).toBeNull();
		expect(await ports.executions.renew(other)).not.toBeNull();
		expect(await ports.executions.abandonByN8nExecution('77', ERROR, 'other')).toBe(1);
	});

	test('an execution of which nobody knows where it runs is found by any n8n', async () => {
		const { ports } = house();
		await startOne(ports);
		expect(await ports.executions.abandonByN8nExecution('77', ERROR, 'one')).toBe(1);
	});

	test('the execution of the same id in another n8n may not start what is started', async () => {
		const { ports } = house();
		const execution = await claimOne(ports);
		await startWork(ports, execution, '77', 'one');
		expect(await ports.executions.start(execution, '77', 'other')).toBeNull();
		expect(await ports.executions.start(execution, '77', 'one')).not.toBeNull();
		expect(await ports.executions.start(execution, '77')).not.toBeNull();
		expect(await ports.executions.start(execution, '77', 'other')).toBeNull();
	});

	test('every failure keeps its error, its attempt and what was decided, without the secrets in it', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		const taskId = onlyTask(execution);
		await report(ports, execution, [failed(taskId)]);
		const seen = await ports.queue.inspect(taskId);
		expect(seen?.failures).toMatchObject([
			{
				attempt: 1,
				epoch: 1,
				executionId: execution.executionId,
				code: 'UNKNOWN',
				message: 'the model refused',
				input: { topic: 'tea' },
				recoveryAction: 'retry',
				decidedBy: 'settle',
			},
		]);
		expect(JSON.stringify(seen?.failures[0]?.error)).toContain('at ask (llm.js:1:1)');
		expect(JSON.stringify(seen)).not.toContain(CANARY);
		expect(seen?.task).toMatchObject({ workflowType: TYPE, state: 'scheduled' });
	});
});
