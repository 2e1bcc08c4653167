import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	blocked,
	claimOne,
	emptyQueue,
	letWaitingPass,
	onlyTask,
	openQueue,
	planFor,
	report,
	succeeded,
	task,
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
		'update orchestrator.workflow_types set paused_at = null, paused_by = null, paused_reason = null, weight = 1',
	);
});

const order = { actor: 'ann', reason: 'provider is down' };
const news = { fairKey: `${TYPE}:news` };
const enqueueNews = async () => orchestrator.queue.enqueue([task({ input: { content_type: 'news' } })]);
const claimedKeys = async () => {
	await orchestrator.queue.claim(planFor());
	const rows = await database.query(
		`select fair_key from orchestrator.workflow_orchestration where kind = 'dispatch' order by fair_key`,
	);
	return rows.map((row) => row.fair_key);
};

test('a paused key is not claimed, the others of its type are; resumed, it is claimed again', async () => {
	await enqueueNews();
	await orchestrator.queue.enqueue([task()]);
	expect(await orchestrator.queue.pause(news, order)).toMatchObject({
		changed: true,
		pause: { by: 'ann', reason: 'provider is down', at: expect.any(Date) },
	});
	expect(await claimedKeys()).toEqual([TYPE]);
	expect(await orchestrator.queue.resume(news, { actor: 'ann' })).toEqual({ changed: true, pause: null });
	expect(await claimedKeys()).toEqual([TYPE, `${TYPE}:news`]);
});

test('a paused type holds all of its keys, what runs goes on, and a key of its own pause stays held after the resume', async () => {
	const running = await claimOne(orchestrator);
	await enqueueNews();
	await orchestrator.queue.enqueue([task()]);
	await orchestrator.queue.pause({ workflowType: TYPE }, order);
	await orchestrator.queue.pause(news, order);
	expect(await orchestrator.queue.claim(planFor())).toEqual([]);
	expect((await report(orchestrator, running, [succeeded(onlyTask(running))])).outcome).toBe('applied');
	await orchestrator.queue.resume({ workflowType: TYPE }, { actor: 'ann' });
	expect(await orchestrator.queue.claim(planFor())).toMatchObject([{ items: [{ input: { topic: 'tea' } }] }]);
});

test('a second pause keeps the first one, a second resume changes nothing', async () => {
	await orchestrator.queue.pause({ workflowType: TYPE }, order);
	expect(
		await orchestrator.queue.pause({ workflowType: TYPE }, { actor: 'bob', reason: 'me too' }),
	).toMatchObject({
		changed: false,
		pause: { by: 'ann', reason: 'provider is down' },
	});
	await orchestrator.queue.resume({ workflowType: TYPE }, { actor: 'ann' });
	expect(await orchestrator.queue.resume({ workflowType: TYPE }, { actor: 'ann' })).toEqual({
		changed: false,
		pause: null,
	});
});

test.each([
	['type', { workflowType: TYPE }],
	['key', { fairKey: TYPE }],
])(
	'a pause of the %s waits for a claim in the making; after its answer no claim takes anything',
	async (_, target) => {
		await orchestrator.queue.enqueue([task(), task()]);
		const claimer = await database.client();
		await claimer.query('begin');
		const { rows } = await claimer.query('select orchestrator.claim($1)', [
			JSON.stringify(planFor({ maxExecutions: 1 })),
		]);
		expect(rows).toHaveLength(1);
		const pausing = orchestrator.queue.pause(target, order);
		await blocked(database, 1);
		await claimer.query('commit');
		expect((await pausing).changed).toBe(true);
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
	},
);

test.each([
	['type', { workflowType: TYPE }],
	['key', { fairKey: TYPE }],
])('a claim that waits behind a pause of the %s takes nothing', async (_, target) => {
	await orchestrator.queue.enqueue([task()]);
	const pauser = await database.client();
	await pauser.query('begin');
	await pauser.query(`select orchestrator.pause_queue($1, 'ann', 'test')`, [JSON.stringify(target)]);
	const claiming = orchestrator.queue.claim(planFor());
	await blocked(database, 1);
	await pauser.query('commit');
	expect(await claiming).toEqual([]);
});

test.each([
	['a pause', `select orchestrator.pause_queue($1, 'ann', 'test')`],
	['a weight', `select orchestrator.set_queue_weight($1, 3, 'ann')`],
])('%s that holds the type does not deadlock with a claim that has due tasks to promote', async (_, sql) => {
	await orchestrator.queue.enqueue([task({ notBefore: new Date(Date.now() + 3_600_000) })]);
	await letWaitingPass(database);
	const pauser = await database.client();
	await pauser.query('begin');
	// The first lock of both, as if the claim came between it and the second.
	await pauser.query('select 1 from orchestrator.workflow_types where workflow_type = $1 for no key update', [
		TYPE,
	]);
	// Not by the library, which tries again after a deadlock.
	const claimer = await database.client();
	const claiming = claimer.query('select orchestrator.claim($1)', [JSON.stringify(planFor())]);
	await blocked(database, 1);
	await pauser.query(sql, [JSON.stringify({ fairKey: TYPE })]);
	await pauser.query('commit');
	expect((await claiming).rows).toHaveLength(sql.includes('pause') ? 0 : 1);
});

test('while claimers race, nothing is claimed after the answer of a pause', async () => {
	for (let round = 0; round < 10; round++) {
		await orchestrator.queue.enqueue(Array.from({ length: 12 }, () => task()));
		let paused = false;
		let late = 0;
		const claim = async (each: Orchestrator) => {
			for (let n = 0; n < 6; n++) {
				const began = paused;
				const executions = await each.queue.claim(planFor({ maxExecutions: 1 }));
				if (began) late += executions.length;
				await Promise.all(executions.map(async (one) => report(each, one, [succeeded(onlyTask(one))])));
			}
		};
		const others = [database.orchestrator(), database.orchestrator()];
		await Promise.all([
			...others.map(claim),
			orchestrator.queue.pause({ fairKey: TYPE }, order).then(() => {
				paused = true;
			}),
		]);
		expect(late).toBe(0);
		await orchestrator.queue.resume({ fairKey: TYPE }, { actor: 'ann' });
		await Promise.all(others.map(async (each) => each.close()));
	}
});

test('keys are listed with depth, weight, pauses and what they lead', async () => {
	await claimOne(orchestrator);
	await enqueueNews();
	await enqueueNews();
	await orchestrator.queue.enqueue([task({ workflowType: 'seo_monitor' })]);
	await orchestrator.queue.pause(news, order);
	await orchestrator.queue.pause({ workflowType: 'seo_monitor' }, order);
	expect(await orchestrator.queue.keys()).toMatchObject([
		{ fairKey: TYPE, weight: 1, queued: 0, oldestEligibleAt: null, running: 1, pause: null, typePause: null },
		{
			fairKey: `${TYPE}:news`,
			queued: 2,
			oldestEligibleAt: expect.any(Date),
			running: 0,
			pause: { by: 'ann' },
		},
		{ fairKey: 'seo_monitor', queued: 1, pause: null, typePause: { reason: 'provider is down' } },
	]);
	expect(await orchestrator.queue.keys({ workflowType: TYPE, paused: false })).toMatchObject([
		{ fairKey: TYPE },
	]);
	expect(await orchestrator.queue.keys({ paused: true })).toHaveLength(2);
});

test('a weight gives a key its share of the slots', async () => {
	for (let n = 0; n < 4; n++) {
		await enqueueNews();
		await orchestrator.queue.enqueue([task({ input: { content_type: 'guide' } })]);
	}
	expect(await orchestrator.queue.setWeight(news, 1000, { actor: 'ann' })).toBe(1);
	await database.query('insert into orchestrator.execution_slots (slot_no) values (4)');
	await database.query('update orchestrator.workflow_types set max_concurrent = 4');
	await orchestrator.queue.claim(
		planFor({ quotas: [{ workflowType: TYPE, batchSize: 1, maxExecutions: 4 }] }),
	);
	const keys = await orchestrator.queue.keys();
	expect(keys.map(({ fairKey, running }) => [fairKey, running])).toEqual([
		[`${TYPE}:guide`, 1],
		[`${TYPE}:news`, 3],
	]);
	await database.query('update orchestrator.workflow_types set max_concurrent = 3');
});

test('a weight of a type reaches new keys and those that have its weight, not those with their own', async () => {
	await enqueueNews();
	await orchestrator.queue.enqueue([task(), task({ input: { content_type: 'guide' } })]);
	await orchestrator.queue.setWeight(news, 7, { actor: 'ann' });
	expect(await orchestrator.queue.setWeight({ workflowType: TYPE }, 4, { actor: 'ann' })).toBe(2);
	await orchestrator.queue.enqueue([task({ input: { content_type: 'brief' } })]);
	expect((await orchestrator.queue.keys()).map(({ fairKey, weight }) => [fairKey, weight])).toEqual([
		[TYPE, 4],
		[`${TYPE}:brief`, 4],
		[`${TYPE}:guide`, 4],
		[`${TYPE}:news`, 7],
	]);
});

test.each([0, 1001, 1.5, -3])('a weight of %p is refused', async (weight) => {
	await expect(
		orchestrator.queue.setWeight({ workflowType: TYPE }, weight, { actor: 'ann' }),
	).rejects.toThrow(`weight must be a whole number from 1 to 1000, got ${weight}`);
});

test('unknown types and keys, and an order without an actor, are refused', async () => {
	await expect(orchestrator.queue.pause({ workflowType: 'brewing' }, order)).rejects.toThrow(
		'unknown workflow type "brewing"; known: content_pipeline, seo_monitor',
	);
	await expect(orchestrator.queue.pause({ fairKey: 'x' }, order)).rejects.toThrow('there is no fair key "x"');
	await expect(orchestrator.queue.resume({ workflowType: TYPE }, { actor: '' })).rejects.toThrow(
		'actor must say',
	);
});
