import { type Gate, type Orchestrator, planRun } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	bury,
	claimOne,
	emptyQueue,
	failed,
	onlyTask,
	openQueue,
	openType,
	planFor,
	report,
	startOne,
	task,
	taskRow,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue('seo_monitor'));
});
afterAll(async () => database.drop());
beforeEach(async () => {
	await emptyQueue(database);
	await database.query('truncate orchestrator.fair_keys cascade');
	await database.query(
		`update orchestrator.workflow_types set paused_at = null, paused_by = null, max_concurrent = 3, cadence_seconds = null, batch_size = 2`,
	);
	await openType(database, orchestrator);
});

const order = { actor: 'ann', reason: 'test' };
const enqueue = async (...tasks: Parameters<typeof task>[0][]) =>
	(await orchestrator.queue.enqueue(tasks.map((each) => task(each)))).map((each) => each.taskId);
const explain = async (taskId: string) => {
	const explanation = await orchestrator.queue.explain(taskId);
	if (!explanation) throw new Error(`no task ${taskId}`);
	return explanation;
};
const iso = (at: unknown) => (at as Date).toISOString();
const gatesOf = async (taskId: string) => (await explain(taskId)).gates.map((each) => each.gate);
const setType = async (change: string) =>
	database.query(`update orchestrator.workflow_types set ${change} where workflow_type = $1`, [TYPE]);

test('a task at the front is claimable now, and the next claim takes it', async () => {
	const [first] = await enqueue({});
	expect(await explain(first!)).toMatchObject({
		verdict: 'claimable',
		gates: [],
		tasksAhead: 0,
		earliestStart: expect.any(Date),
		unknownBecause: null,
	});
	expect((await orchestrator.queue.claim(planFor()))[0]?.items[0]?.task_id).toBe(first);
});

test('one that ended and one in work say so', async () => {
	const running = await startOne(orchestrator);
	const dead = await bury(orchestrator);
	expect(await explain(onlyTask(running))).toMatchObject({
		verdict: 'in_work',
		summary: `Execution ${running.executionId} works on it.`,
		earliestStart: null,
	});
	expect(await explain(dead)).toMatchObject({
		verdict: 'ended',
		state: 'dead',
		gates: [],
		earliestStart: null,
	});
	expect(await orchestrator.queue.explain('999999999')).toBeNull();
});

test('a task that is not due starts at its time at the earliest; one that is due counts as queued', async () => {
	const at = new Date(Date.now() + 3_600_000);
	const [later] = await enqueue({ notBefore: at });
	expect(await explain(later!)).toMatchObject({
		verdict: 'held',
		gates: [{ gate: 'not_due', opensAt: at }],
		earliestStart: at,
	});
	await database.query(
		`update orchestrator.tasks set not_before = now() - interval '1 second', eligible_at = now() - interval '1 second'`,
	);
	expect(await explain(later!)).toMatchObject({ state: 'scheduled', verdict: 'claimable' });
	expect((await orchestrator.queue.claim(planFor()))[0]?.items[0]?.task_id).toBe(later);
});

/** How each gate is closed, and what Explain says then. */
const CLOSINGS: Array<[Gate, () => Promise<unknown>, string]> = [
	[
		'paused',
		async () => orchestrator.queue.pause({ workflowType: TYPE }, order),
		'Type content_pipeline is paused by ann since',
	],
	[
		'key_paused',
		async () => orchestrator.queue.pause({ fairKey: TYPE }, order),
		'Fair key content_pipeline is paused by ann since',
	],
	[
		'no_endpoint',
		async () => orchestrator.endpoints.disable(`http://127.0.0.1:5678/webhook/mo-main/${TYPE}`, '410'),
		'Type content_pipeline has no address: publish its workflow',
	],
	[
		'type_concurrency',
		async () => {
			await claimOne(orchestrator, { priority: 10 });
			await setType('max_concurrent = 1');
		},
		'1 of 1 executions of type content_pipeline run',
	],
	[
		'global_concurrency',
		async () => {
			await claimOne(orchestrator, { priority: 10 });
			await database.query('delete from orchestrator.execution_slots where execution_id is null');
		},
		'All 1 execution slots are taken',
	],
];

test.each(CLOSINGS)(
	'%s is named as what holds a task, its start is unknown, and no claim takes it',
	async (gate, close, summary) => {
		const [taskId] = await enqueue({});
		await close();
		const explanation = await explain(taskId!);
		expect(explanation).toMatchObject({
			verdict: 'held',
			gates: [{ gate, opensAt: null }],
			earliestStart: null,
		});
		expect(explanation.summary).toContain(summary);
		expect(explanation.unknownBecause).toBe(explanation.summary);
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		expect(await orchestrator.queue.whyIdle(planFor())).toMatchObject([{ workflowType: TYPE, reason: gate }]);
	},
);

test('a cadence says when it opens', async () => {
	await claimOne(orchestrator, { priority: 10 });
	const [taskId] = await enqueue({});
	await setType('cadence_seconds = 900');
	const explanation = await explain(taskId!);
	const [row] = await database.query(
		`select created_at + interval '900 seconds' as at from orchestrator.workflow_orchestration`,
	);
	expect(explanation).toMatchObject({ gates: [{ gate: 'cadence' }], earliestStart: row?.at });
	expect(await orchestrator.queue.whyIdle(planFor())).toMatchObject([
		{ reason: 'cadence', earliestAt: row?.at },
	]);
});

test('a deadline for waiting that has passed holds a task until recovery buries it', async () => {
	const [taskId] = await enqueue({ expiresAt: new Date(Date.now() + 3_600_000) });
	await database.query(`update orchestrator.tasks set expires_at = now() - interval '1 second'`);
	expect(await gatesOf(taskId!)).toEqual(['waited_too_long']);
	expect(await orchestrator.queue.claim(planFor())).toEqual([]);
	await orchestrator.runs.recover();
	expect(await explain(taskId!)).toMatchObject({ verdict: 'ended', state: 'dead' });
});

test('a retry that is due behind its deadline for waiting is never promised a start, and dies as Explain says', async () => {
	const expiresAt = new Date(Date.now() + 30_000);
	const execution = await startOne(orchestrator, { expiresAt });
	const taskId = onlyTask(execution);
	await report(orchestrator, execution, [failed(taskId)]);
	const { not_before: due } = await taskRow(database, taskId);
	const explanation = await explain(taskId);
	expect(explanation).toMatchObject({
		verdict: 'held',
		earliestStart: null,
		noEarlierThan: due,
		expiresAt,
		gates: [
			{ gate: 'waited_too_long', opensAt: null },
			{ gate: 'not_due', opensAt: due },
		],
	});
	expect(explanation.summary).toBe(
		`It cannot start before ${iso(due)}, and waits until ${iso(expiresAt)} at most: then recovery buries it.`,
	);
	await database.query(
		`update orchestrator.tasks set expires_at = now() - interval '1 second', not_before = now() + interval '9 seconds'`,
	);
	expect(await orchestrator.queue.claim(planFor())).toEqual([]);
	await orchestrator.runs.recover();
	expect(await explain(taskId)).toMatchObject({ verdict: 'ended', state: 'dead', noEarlierThan: null });
});

test('a cadence that opens behind the deadline for waiting promises no start either', async () => {
	await claimOne(orchestrator, { priority: 10 });
	const [taskId] = await enqueue({ expiresAt: new Date(Date.now() + 60_000) });
	await setType('cadence_seconds = 900');
	expect(await explain(taskId!)).toMatchObject({
		earliestStart: null,
		gates: [{ gate: 'waited_too_long' }, { gate: 'cadence' }],
	});
	await setType('cadence_seconds = 30');
	expect(await explain(taskId!)).toMatchObject({
		earliestStart: expect.any(Date),
		gates: [{ gate: 'cadence' }],
	});
});

test('a key at its share waits while others have tasks, and the claim gives the slot to them', async () => {
	const news = { input: { content_type: 'news' } };
	await claimOne(orchestrator, news);
	await claimOne(orchestrator, news);
	await setType('batch_size = 1');
	const [held] = await enqueue({ ...news, priority: 10 });
	const [other] = await enqueue({ priority: 1 });
	expect(await explain(held!)).toMatchObject({
		gates: [{ gate: 'fair_share' }],
		summary: expect.stringContaining('leads 2 executions, its share of 3 slots while others wait'),
	});
	const executions = await orchestrator.queue.claim(planFor());
	expect(executions.map(onlyTask)).toEqual([other]);
});

test('tasks ahead are counted by the real order: priority, age and boost, not by id', async () => {
	const [last] = await enqueue({ priority: 2 });
	const ids = await enqueue(...Array.from({ length: 8 }, () => ({ priority: 2 })));
	const [high, starved] = await enqueue({ priority: 9 }, { priority: 1 });
	await database.query(
		`update orchestrator.tasks set eligible_at = now() - interval '31 minutes' where id = $1`,
		[starved],
	);
	await database.query(
		`update orchestrator.tasks set eligible_at = now() + interval '1 minute' where id = $1`,
		[last],
	);
	expect(await explain(last!)).toMatchObject({
		tasksAhead: ids.length + 2,
		gates: [
			{ gate: 'tasks_ahead', because: '10 tasks are ahead of it; the next claim takes 6.', opensAt: null },
		],
	});
	const line = (await orchestrator.queue.peek({ limit: 20 })).map((each) => each.taskId);
	expect(line).toEqual([starved, high, ...ids, last]);
	for (const [place, taskId] of line.entries()) expect((await explain(taskId)).tasksAhead).toBe(place);
});

test('every closed gate is told, the first that is asked leads, and a pause makes the start unknown', async () => {
	const at = new Date(Date.now() + 3_600_000);
	const [taskId] = await enqueue({ notBefore: at });
	await orchestrator.queue.pause({ workflowType: TYPE }, order);
	await orchestrator.queue.pause({ fairKey: TYPE }, order);
	expect(await gatesOf(taskId!)).toEqual(['not_due', 'paused', 'key_paused']);
	expect(await explain(taskId!)).toMatchObject({
		summary: `It is due at ${at.toISOString()}.`,
		earliestStart: null,
		noEarlierThan: at,
		unknownBecause: expect.stringContaining('is paused by ann'),
	});
});

describe('why a claim took nothing', () => {
	test('nothing waits, something is not due yet, or the plan allows nothing', async () => {
		expect(await orchestrator.queue.whyIdle(planFor())).toMatchObject([
			{ workflowType: TYPE, reason: 'no_eligible_task' },
		]);
		const at = new Date(Date.now() + 3_600_000);
		await enqueue({ notBefore: at }, { workflowType: 'seo_monitor' });
		expect(await orchestrator.queue.whyIdle(planFor())).toMatchObject([
			{ workflowType: TYPE, reason: 'not_due', earliestAt: at },
			{ workflowType: 'seo_monitor', reason: 'no_quota' },
		]);
		expect(await orchestrator.queue.whyIdle(planFor({ maxExecutions: 0 }))).toMatchObject([
			{ workflowType: null, reason: 'no_quota', because: 'The plan allows no execution.' },
		]);
	});

	test('the plan of a run says so too: held by paused keys, or not due yet', async () => {
		const at = new Date(Date.now() + 3_600_000);
		await enqueue({}, { workflowType: 'seo_monitor', notBefore: at });
		await orchestrator.queue.pause({ fairKey: TYPE }, order);
		expect(planRun(await orchestrator.resources.snapshot())).toMatchObject({
			verdict: 'throttled',
			decisions: [
				{ workflowType: TYPE, due: false, reason: 'key_paused', earliestAt: null },
				{ workflowType: 'seo_monitor', due: false, reason: 'not_due', earliestAt: at },
			],
		});
	});

	test('without a plan it names the gate, also where a default plan would leave the type out or has no slot', async () => {
		await enqueue({});
		await orchestrator.queue.pause({ workflowType: TYPE }, order);
		expect(await orchestrator.queue.whyIdle()).toMatchObject([
			{ workflowType: TYPE, reason: 'paused' },
			{ workflowType: 'seo_monitor', reason: 'no_eligible_task' },
		]);
		await orchestrator.queue.resume({ workflowType: TYPE }, order);
		await enqueue({}, {}, {});
		await setType('max_concurrent = 100');
		await orchestrator.queue.claim(planFor());
		expect(await orchestrator.queue.whyIdle()).toMatchObject([
			{ workflowType: TYPE, reason: 'global_concurrency' },
			{ workflowType: 'seo_monitor', reason: 'no_eligible_task' },
		]);
	});

	test('what could be claimed is said to be claimable: the claim lost a race', async () => {
		await enqueue({});
		expect(await orchestrator.queue.whyIdle()).toMatchObject([
			{ reason: 'claimable' },
			{ reason: 'no_eligible_task' },
		]);
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
	});
});
