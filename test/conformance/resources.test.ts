import { type CallbackItem, claimPlanOf, planRun } from '../../core';
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
} from '../postgres/scenario';
import { conform, minutesBetween } from './conform';
import { OTHER_TYPE } from './house';

const BECAUSE = { actor: 'Kim', reason: 'the provider is down' };
const news = () => task({ input: { content_type: 'news' } });

conform('what a run plans by', (house) => {
	const seen = async () => await house().ports.resources.snapshot();
	const typeOf = async (workflowType = TYPE) =>
		(await seen()).types.find((each) => each.workflowType === workflowType);

	test('slots, the queue by states, every type in order, connections under their limit', async () => {
		const { ports, now } = house();
		await startOne(ports);
		await claimOne(ports);
		const notBefore = new Date((await now()).getTime() + 600_000);
		await ports.queue.enqueue([task(), task(), task({ notBefore })]);
		const snapshot = await seen();
		expect(snapshot).toMatchObject({
			slots: { total: 3, free: 1 },
			queue: { scheduled: 1, queued: 2, claimed: 1, running: 1, mode: 'normal' },
		});
		expect(snapshot.types.map(({ workflowType }) => workflowType)).toEqual([TYPE, OTHER_TYPE]);
		expect(minutesBetween(await now(), snapshot.at)).toBe(0);
		expect(snapshot.connections.used).toBeGreaterThan(0);
		expect(snapshot.connections.limit).toBeGreaterThan(snapshot.connections.used);
	});

	test('of a type without work nothing is eligible, next, recent or running', async () => {
		expect(await typeOf(OTHER_TYPE)).toEqual({
			workflowType: OTHER_TYPE,
			paused: false,
			eligible: 0,
			heldByPausedKeys: false,
			nextDueAt: null,
			topPriority: null,
			oldestEligibleAt: null,
			running: 0,
			maxConcurrent: 3,
			batchSize: 2,
			batchMax: 10,
			limitSeconds: 300,
			recent: { tasks: 0, failed: 0, msPerTask: null },
			cadenceSeconds: null,
			lastClaimedAt: null,
			hasEndpoint: true,
		});
	});

	test('eligible is what a claim could take: due tasks of open keys, with the highest priority and the oldest', async () => {
		const { ports, now, pass } = house();
		const soon = new Date((await now()).getTime() + 60_000);
		const later = new Date((await now()).getTime() + 3_600_000);
		await ports.queue.enqueue([task({ priority: 3 }), task({ notBefore: soon }), task({ notBefore: later })]);
		const [first] = await ports.queue.list({ states: ['queued'] });
		expect(await typeOf()).toMatchObject({
			eligible: 1,
			topPriority: 3,
			oldestEligibleAt: first?.eligibleAt,
			nextDueAt: soon,
		});
		await pass(120);
		await ports.queue.enqueue([task({ priority: 9 })]);
		const after = await typeOf();
		// Due, though nobody has promoted it.
		expect(after).toMatchObject({ eligible: 3, topPriority: 9 });
		expect(minutesBetween(await now(), after?.nextDueAt)).toBe(58);
		expect(minutesBetween(after!.oldestEligibleAt!, await now())).toBe(2);
	});

	test('what a paused key holds is not eligible, and is said; a pause of the type leaves the count', async () => {
		const { queue } = house().ports;
		await queue.enqueue([news(), news(), task()]);
		await queue.pause({ fairKey: `${TYPE}:news` }, BECAUSE);
		expect(await typeOf()).toMatchObject({ eligible: 1, heldByPausedKeys: true, paused: false });
		await queue.pause({ workflowType: TYPE }, BECAUSE);
		expect(await typeOf()).toMatchObject({ eligible: 1, heldByPausedKeys: true, paused: true });
	});

	test('settings, address, the last start and the executions in work are those of the type', async () => {
		const { ports, configure, now } = house();
		const settings = { maxConcurrent: 7, batchSize: 3, batchMax: 5, limitSeconds: 120, cadenceSeconds: 60 };
		await configure('silent', settings);
		expect(await typeOf('silent')).toMatchObject({ ...settings, hasEndpoint: false });
		await claimOne(ports);
		const { lastClaimedAt, running } = (await typeOf())!;
		expect(running).toBe(1);
		expect(minutesBetween(await now(), lastClaimedAt)).toBe(0);
		expect(await typeOf(OTHER_TYPE)).toMatchObject({ running: 0, lastClaimedAt: null });
	});

	test('recent work counts reports and expiries, shares the time of a batch, and leaves refusals out', async () => {
		const { ports, pass } = house();
		await ports.queue.enqueue([task(), task()]);
		const batch = await reclaim(ports, 2);
		await startWork(ports, batch);
		await pass(60);
		const [first, second] = batch.items.map((item) => item.task_id);
		await report(ports, batch, [succeeded(first!), failed(second!)]);
		const { recent } = (await typeOf())!;
		expect(recent).toMatchObject({ tasks: 2, failed: 1 });
		expect(Math.round(recent.msPerTask! / 1000)).toBe(30);
		await ports.executions.refuse(await claimOne(ports), { message: 'nobody listens' });
		expect((await typeOf())?.recent).toEqual(recent);
		await ports.queue.cancel({ workflowType: TYPE, states: ['scheduled', 'queued'] }, BECAUSE);
		await startOne(ports);
		await pass(200);
		await ports.runs.recover();
		expect((await typeOf())?.recent).toEqual({ tasks: 3, failed: 2, msPerTask: recent.msPerTask });
	});

	test('only the last 20 executions count', async () => {
		const { ports, pass } = house();
		const end = async (item: (taskId: string) => CallbackItem) => {
			const execution = await startOne(ports);
			await report(ports, execution, [item(onlyTask(execution))]);
			await ports.queue.cancel({ workflowType: TYPE, states: ['scheduled'] }, BECAUSE);
			await pass(1);
		};
		await end(failed);
		for (let n = 0; n < 19; n++) await end(succeeded);
		expect((await typeOf())?.recent).toMatchObject({ tasks: 20, failed: 1 });
		await end(succeeded);
		expect((await typeOf())?.recent).toMatchObject({ tasks: 20, failed: 0 });
	});

	test('a model has the requests of its last minute, and two to come for each task in flight', async () => {
		const { ports, pass } = house();
		const requestsOf = async (provider: string) =>
			(await seen()).models.find((each) => each.provider === provider)?.requestsLastMinute;
		const [model] = (await seen()).models.filter(({ provider }) => provider === 'openai');
		await ports.queue.enqueue([task(), task()]);
		const [execution] = await ports.queue.claim(planFor({ maxExecutions: 1, models: [model!] }, 2));
		expect(await requestsOf('openai')).toBe(4);
		await startWork(ports, execution!);
		const usage = [
			{ provider: 'openai' as const, model: model!.model, requests: 3, input_tokens: 10, output_tokens: 10 },
		];
		const [first, second] = execution!.items.map((item) => item.task_id);
		await report(ports, execution!, [succeeded(first!, usage)]);
		expect(await requestsOf('openai')).toBe(3 + 2);
		await report(ports, execution!, [succeeded(second!)]);
		expect(await requestsOf('openai')).toBe(3);
		expect(await requestsOf('gemini')).toBe(0);
		await pass(90);
		expect(await requestsOf('openai')).toBe(0);
		await ports.models.set({ provider: 'gemini', enabled: false, actor: 'Kim' });
		expect(await requestsOf('gemini')).toBeUndefined();
	});

	test('the mode is what the last completed run planned in; a run without a plan and a failed one leave it', async () => {
		const { runs } = house().ports;
		const completeIn = async (context?: { queue: { mode: string } }) => {
			const { runId } = await runs.begin({ kind: 'manual', owner: 'a' });
			await runs.transition(runId, 'MONITORING');
			await runs.complete(runId, context);
		};
		const mode = async () => (await seen()).queue.mode;
		await completeIn({ queue: { mode: 'batch' } });
		expect(await mode()).toBe('batch');
		await completeIn();
		const { runId } = await runs.begin({
			kind: 'manual',
			owner: 'a',
			context: { queue: { mode: 'normal' } },
		});
		await runs.fail(runId, { message: 'broken' });
		expect(await mode()).toBe('batch');
		await completeIn({ queue: { mode: 'normal' } });
		expect(await mode()).toBe('normal');
	});

	test('a plan of it is what the claim then takes', async () => {
		const { ports } = house();
		await ports.queue.enqueue([task(), news(), task({ workflowType: OTHER_TYPE })]);
		const plan = planRun(await seen());
		const claimed = await ports.queue.claim(claimPlanOf(plan, { owner: 'test', runId: null }));
		expect(claimed).toHaveLength(plan.maxExecutions);
		expect(claimed.map(({ workflowType }) => workflowType).sort()).toEqual([TYPE, TYPE, OTHER_TYPE]);
		expect(claimed.every(({ model }) => plan.models.some((each) => each.model === model?.model))).toBe(true);
	});
});
