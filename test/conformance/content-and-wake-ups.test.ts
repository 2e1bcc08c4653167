import type { ArticleDraft, ClaimedExecution } from '../../core';
import {
	claimOne,
	failed,
	planFor,
	reclaim,
	report,
	startOne,
	succeeded,
	task,
	TYPE,
} from '../postgres/scenario';
import { conform, minutesBetween } from './conform';
import { OTHER_TYPE } from './house';

const article: ArticleDraft = {
	title: 'Tea',
	language: 'en',
	category: 'food',
	targetKeyword: 'green tea',
	outline: '# Outline',
	body: 'Tea is …',
	wordCount: 3,
	qualityScore: 40,
	provider: 'openai',
	model: 'gpt-4o-mini',
};
const STALE = { outcome: 'stale', articleId: null };
const refOf = ({ executionId, epoch, items }: ClaimedExecution) => ({
	executionId,
	epoch,
	taskId: items[0]!.task_id,
	idempotencyKey: items[0]!.idempotency_key,
});

conform('publishing', (house) => {
	const publish = async (execution: ClaimedExecution, change: Partial<ReturnType<typeof refOf>> = {}) =>
		house().ports.content.publish({ ...refOf(execution), ...change }, article);

	test('happens once, and a second call learns which article it was', async () => {
		const execution = await startOne(house().ports);
		const first = await publish(execution);
		expect(first.outcome).toBe('published');
		expect(await publish(execution)).toEqual({ outcome: 'already_published', articleId: first.articleId });
	});

	test('another epoch, an unknown execution, another task and another key publish nothing', async () => {
		const { ports } = house();
		const [execution, other] = [await startOne(ports), await startOne(ports)];
		expect(await publish(execution, { epoch: execution.epoch + 1 })).toEqual(STALE);
		expect(await publish(execution, { executionId: '00000000-0000-4000-8000-000000000000' })).toEqual(STALE);
		expect(await publish(execution, { taskId: refOf(other).taskId })).toEqual(STALE);
		expect(await publish(execution, { idempotencyKey: 'another' })).toEqual(STALE);
		expect((await publish(execution)).outcome).toBe('published');
	});

	test('is over with the report: what it settled is published by nobody any more', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		await report(ports, execution, [succeeded(refOf(execution).taskId)]);
		expect(await publish(execution)).toEqual(STALE);
	});

	test('is refused to an execution that was taken away, and the next one finds what was published before', async () => {
		const { ports, pass } = house();
		const first = await startOne(ports);
		const { articleId } = await publish(first);
		await pass(600);
		await ports.runs.recover();
		expect(await publish(first)).toEqual(STALE);
		await pass(3600);
		const second = await reclaim(ports);
		expect(second.epoch).toBe(first.epoch + 1);
		expect(await publish(second)).toEqual({ outcome: 'already_published', articleId });
		expect(await publish(first)).toEqual(STALE);
	});

	test('the same key of another type is another article', async () => {
		const { ports } = house();
		await ports.queue.enqueue([
			task({ idempotencyKey: 'same' }),
			task({ idempotencyKey: 'same', workflowType: OTHER_TYPE }),
		]);
		const answers = [];
		for (const type of [TYPE, OTHER_TYPE])
			for (const execution of await ports.queue.claim(planFor({}, 1, type)))
				answers.push(await publish(execution));
		expect(answers.map(({ outcome }) => outcome)).toEqual(['published', 'published']);
		expect(new Set(answers.map(({ articleId }) => articleId)).size).toBe(2);
	});
});

conform('what falls due next', (house) => {
	const dueInMinutes = async () => {
		const ms = await house().ports.wakeUps.msUntilNextDue();
		return ms === null ? null : minutesBetween(new Date(0), new Date(ms));
	};
	const inMinutes = async (minutes: number) => new Date((await house().now()).getTime() + minutes * 60_000);

	test('is nothing in an empty queue', async () => {
		expect(await dueInMinutes()).toBeNull();
	});

	test('is now while a task could start, and not while a gate holds it', async () => {
		const { ports } = house();
		await ports.queue.enqueue([task()]);
		expect(await dueInMinutes()).toBe(0);
		await ports.queue.pause({ workflowType: TYPE }, { actor: 'Kim', reason: 'test' });
		expect(await dueInMinutes()).toBeNull();
		await ports.queue.resume({ workflowType: TYPE }, { actor: 'Kim' });
		expect(await dueInMinutes()).toBe(0);
	});

	test('is the first of delays, also when it has passed', async () => {
		const { ports, pass } = house();
		await ports.queue.enqueue([
			task({ notBefore: await inMinutes(30) }),
			task({ notBefore: await inMinutes(10) }),
		]);
		expect(await dueInMinutes()).toBe(10);
		await pass(720);
		expect(await dueInMinutes()).toBe(0);
	});

	test('is the end of a lease, and after a failure the retry', async () => {
		const { ports, configure } = house();
		await configure(TYPE, {
			dispatchLeaseSeconds: 600,
			backoffCeilingSeconds: 1200,
			backoffBaseSeconds: 1200,
		});
		const execution = await claimOne(ports);
		expect(await dueInMinutes()).toBe(10);
		await report(ports, execution, [failed(refOf(execution).taskId)]);
		expect(await dueInMinutes()).toBe(20);
	});

	test('is when the cadence of a type opens for what waits, and nothing while nothing waits', async () => {
		const { ports, configure } = house();
		await configure(TYPE, { cadenceSeconds: 3600 });
		const execution = await claimOne(ports);
		await report(ports, execution, [succeeded(refOf(execution).taskId)]);
		expect(await dueInMinutes()).toBeNull();
		await ports.queue.enqueue([task()]);
		expect(await dueInMinutes()).toBe(60);
	});

	test('is the deadline of a task that no slot is free for', async () => {
		const { ports, setSlots } = house();
		await setSlots(0);
		await ports.queue.enqueue([task({ expiresAt: await inMinutes(5) })]);
		expect(await dueInMinutes()).toBe(5);
	});
});
