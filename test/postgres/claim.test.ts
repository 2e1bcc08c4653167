import { dispatchWebhookId, modelClaim, type Orchestrator, planRun, claimPlanOf } from '../../core';
import { claimSnapshot } from '../../core/postgres/queue-rows';
import type { TestDatabase } from '../support/postgres';
import {
	blocked,
	claimOne,
	emptyQueue,
	lookFromTheBeginning,
	openQueue,
	openType,
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
	await database.query(
		`update orchestrator.workflow_types set paused_at = null, paused_by = null, max_concurrent = 3, cadence_seconds = null, weight = 1`,
	);
	await database.query(`update orchestrator.fair_keys set weight = 1`);
	await openType(database, orchestrator);
});

/** Queues tasks of given priority and age in minutes; answers their ids. */
async function queue(
	specs: { priority: number; ageMinutes: number; type?: string; contentType?: string }[],
): Promise<string[]> {
	const tasks = specs.map(({ priority, type = TYPE, contentType }) =>
		task({ priority, workflowType: type, input: contentType ? { content_type: contentType } : {} }),
	);
	const ids = (await orchestrator.queue.enqueue(tasks)).map((each) => each.taskId);
	await database.query(
		`update orchestrator.tasks t set eligible_at = now() - make_interval(secs => a.minutes * 60)
		from unnest($1::bigint[], $2::float8[]) a(id, minutes) where t.id = a.id`,
		[ids, specs.map((each) => each.ageMinutes)],
	);
	await lookFromTheBeginning(database);
	return ids;
}

/** Claims single-task executions one after another, reporting each, until nothing is left. */
async function drain(): Promise<string[]> {
	const order: string[] = [];
	for (;;) {
		const [execution] = await orchestrator.queue.claim(planFor({ maxExecutions: 1 }));
		const taskId = execution?.items[0]?.task_id;
		if (!execution || taskId === undefined) return order;
		order.push(taskId);
		await report(orchestrator, execution, [succeeded(taskId)]);
	}
}

describe('the order', () => {
	test('an urgent task enqueued while the queue is busy is claimed before all older lower-scored ones', async () => {
		const older = await queue(Array.from({ length: 12 }, () => ({ priority: 5, ageMinutes: 20 })));
		const [urgent] = await queue([{ priority: 10, ageMinutes: 0 }]);
		expect(await drain()).toEqual([urgent, ...older]);
	});

	test('one point of priority is worth ten minutes of age', async () => {
		const [old, young] = await queue([
			{ priority: 4, ageMinutes: 10.5 },
			{ priority: 5, ageMinutes: 0 },
		]);
		expect(await drain()).toEqual([old, young]);
		const [lower, higher] = await queue([
			{ priority: 4, ageMinutes: 9.5 },
			{ priority: 5, ageMinutes: 0 },
		]);
		expect(await drain()).toEqual([higher, lower]);
	});

	test('beyond 30 minutes of waiting the boost of 50 points decides', async () => {
		const [starved, urgent] = await queue([
			{ priority: 2, ageMinutes: 31 },
			{ priority: 10, ageMinutes: 0 },
		]);
		expect(await drain()).toEqual([starved, urgent]);
		const [almost, urgentAgain] = await queue([
			{ priority: 2, ageMinutes: 29 },
			{ priority: 10, ageMinutes: 0 },
		]);
		expect(await drain()).toEqual([urgentAgain, almost]);
	});

	test('equal scores go by due time, then by id', async () => {
		const ids = await queue(Array.from({ length: 5 }, () => ({ priority: 5, ageMinutes: 3 })));
		expect(await drain()).toEqual(ids);
	});

	test('a task is overtaken only by tasks that become eligible within 90 minutes after it', async () => {
		const [lowest, , late] = await queue([
			{ priority: 1, ageMinutes: 141 },
			{ priority: 10, ageMinutes: 52 },
			{ priority: 10, ageMinutes: 50 },
		]);
		const order = await drain();
		expect(order.indexOf(lowest!)).toBeLessThan(order.indexOf(late!));
	});

	test('the database chooses exactly what the model in TypeScript chooses, batch by batch', async () => {
		const random = seeded(7);
		await queue(
			Array.from({ length: 60 }, () => ({
				priority: 1 + Math.floor(random() * 10),
				ageMinutes: random() * 120,
				contentType: ['guide', 'news', 'review'][Math.floor(random() * 3)],
			})),
		);
		await database.query(`update orchestrator.fair_keys set weight = 1000`);
		for (let round = 0; round < 12; round++) {
			const [row] = await database.query('select orchestrator.claim_snapshot(100) as answer');
			const plan = planFor({ maxExecutions: 1 }, 5);
			const expected = modelClaim(claimSnapshot.parse(row?.answer), plan)[0]?.taskIds ?? [];
			const [execution] = await orchestrator.queue.claim(plan);
			expect(execution?.items.map((item) => item.task_id)).toEqual(expected);
			await report(
				orchestrator,
				execution!,
				expected.map((id) => succeeded(id)),
			);
		}
	});

	test('due tasks are promoted by the claim itself, waiting ones are not', async () => {
		await orchestrator.queue.enqueue([task({ notBefore: new Date(Date.now() + 3_600_000) })]);
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		await database.query(`update orchestrator.tasks set not_before = now() - interval '1 second'`);
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
	});

	test('get_next_priority_task shows the leader and takes nothing', async () => {
		const [, leader] = await queue([
			{ priority: 3, ageMinutes: 1 },
			{ priority: 9, ageMinutes: 1 },
		]);
		expect(await database.query(`select task_id::text from orchestrator.get_next_priority_task()`)).toEqual([
			{ task_id: leader },
		]);
		expect((await orchestrator.resources.snapshot()).queue).toMatchObject({ queued: 2, claimed: 0 });
	});
});

describe('the execution that was won', () => {
	test('carries a batch of one type in score order, its parent, its model and both addresses', async () => {
		const ids = await queue([
			{ priority: 3, ageMinutes: 1 },
			{ priority: 9, ageMinutes: 1 },
			{ priority: 5, ageMinutes: 1, type: 'seo_monitor' },
		]);
		const run = await orchestrator.runs.begin({ kind: 'manual', owner: 'test' });
		const models = [
			{ provider: 'openai' as const, model: 'gpt-4o-mini', base_url: 'http://127.0.0.1:1/v1' },
			{ provider: 'gemini' as const, model: 'gemini-2.0-flash', base_url: 'http://127.0.0.1:2/v1beta' },
		];
		const quotas = [TYPE, 'seo_monitor'].map((workflowType) => ({
			workflowType,
			batchSize: 2,
			maxExecutions: 3,
		}));
		const executions = await orchestrator.queue.claim({
			owner: 'test',
			runId: run.runId,
			maxExecutions: 3,
			quotas,
			models,
		});
		expect(executions).toMatchObject([
			{
				workflowType: TYPE,
				priority: 9,
				epoch: 1,
				parentExecutionId: run.runId,
				limitSeconds: 300,
				model: models[0],
				endpointUrl: `http://127.0.0.1:5678/webhook/mo-main/${TYPE}`,
				callbackUrl: 'http://127.0.0.1:5678/webhook/mo-main/callback',
				items: [
					{ task_id: ids[1], attempt: 1 },
					{ task_id: ids[0], attempt: 1 },
				],
			},
			{ workflowType: 'seo_monitor', model: models[1], items: [{ task_id: ids[2] }] },
		]);
	});

	test('its batch stays within the bound of the type, whatever the plan says', async () => {
		await queue(Array.from({ length: 15 }, () => ({ priority: 5, ageMinutes: 1 })));
		const [execution] = await orchestrator.queue.claim(planFor({ maxExecutions: 1 }, 50));
		expect(execution?.items).toHaveLength(10);
	});

	test('holds a dispatch lease of 30 seconds', async () => {
		const execution = await claimOne(orchestrator);
		const rows = await database.query(
			`select extract(epoch from lease_until - created_at)::float8 as s from orchestrator.workflow_orchestration where id = $1`,
			[execution.executionId],
		);
		expect(rows).toEqual([{ s: 30 }]);
	});

	test('orchestrate_next_execution claims with the default plan', async () => {
		await queue([{ priority: 5, ageMinutes: 1 }]);
		const [row] = await database.query(
			`select orchestrator.orchestrate_next_execution('psql', 3) as execution`,
		);
		expect(row?.execution).toMatchObject({ workflowType: TYPE, model: { provider: 'gemini' } });
	});
});

describe('gates', () => {
	test('a paused type, one without an address and one without quota give nothing', async () => {
		await queue([{ priority: 5, ageMinutes: 1 }]);
		await database.query(`update orchestrator.workflow_types set paused_at = now(), paused_by = 'test'`);
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		await database.query(`update orchestrator.workflow_types set paused_at = null, paused_by = null`);
		expect(await orchestrator.queue.claim(planFor({ quotas: [] }))).toEqual([]);
		await orchestrator.endpoints.disable(`http://127.0.0.1:5678/webhook/mo-main/${TYPE}`, '410');
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		await openType(database, orchestrator);
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
	});

	test('a gated type does not hold up another one', async () => {
		await queue([{ priority: 10, ageMinutes: 1 }]);
		const [seo] = await queue([{ priority: 1, ageMinutes: 0, type: 'seo_monitor' }]);
		await database.query(
			`update orchestrator.workflow_types set paused_at = now(), paused_by = 'test' where workflow_type = $1`,
			[TYPE],
		);
		const quotas = [TYPE, 'seo_monitor'].map((workflowType) => ({
			workflowType,
			batchSize: 1,
			maxExecutions: 3,
		}));
		const executions = await orchestrator.queue.claim(planFor({ quotas }));
		expect(executions.flatMap((each) => each.items.map((item) => item.task_id))).toEqual([seo]);
	});

	test('a cadence lets one execution start and the next only after its time', async () => {
		await queue(Array.from({ length: 3 }, () => ({ priority: 5, ageMinutes: 1 })));
		await database.query(
			`update orchestrator.workflow_types set cadence_seconds = 900 where workflow_type = $1`,
			[TYPE],
		);
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(0);
		const plan = planRun(await orchestrator.resources.snapshot());
		expect(plan).toMatchObject({
			verdict: 'throttled',
			decisions: [{ workflowType: TYPE, due: false, reason: 'cadence' }, {}],
		});
		await database.query(
			`update orchestrator.workflow_orchestration set created_at = created_at - interval '16 minutes'`,
		);
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
	});

	test('while another key waits, no fair key leads more executions than its share; alone it takes all', async () => {
		await queue([
			...Array.from({ length: 5 }, () => ({ priority: 10, ageMinutes: 5, contentType: 'news' })),
			{ priority: 1, ageMinutes: 0, contentType: 'guide' },
		]);
		const executions = await orchestrator.queue.claim(planFor());
		const rows = await database.query(
			`select fair_key from orchestrator.workflow_orchestration order by fair_key`,
		);
		expect(executions).toHaveLength(3);
		expect(rows.map((row) => row.fair_key)).toEqual([`${TYPE}:guide`, `${TYPE}:news`, `${TYPE}:news`]);
		await emptyQueue(database);
		await queue(Array.from({ length: 5 }, () => ({ priority: 10, ageMinutes: 5, contentType: 'news' })));
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(3);
	});
});

describe('the caps under parallel claimers', () => {
	test('the global cap of 3 is never exceeded, seen from the transition log, and nothing is claimed twice', async () => {
		await queue(Array.from({ length: 40 }, (_, n) => ({ priority: 1 + (n % 10), ageMinutes: n })));
		const claimers = Array.from({ length: 6 }, () => database.orchestrator());
		await Promise.all(claimers.map((each) => workUntilEmpty(each)));
		expect(
			await database.query(`select state, count(*)::int from orchestrator.tasks group by state`),
		).toEqual([{ state: 'succeeded', count: 40 }]);
		expect(await peakFromLog()).toBe(3);
		expect(await database.query(`select 1 from orchestrator.tasks where epoch <> 1`)).toEqual([]);
	});

	test('the cap of one type is never exceeded either', async () => {
		await database.query(
			`update orchestrator.workflow_types set max_concurrent = 2 where workflow_type = $1`,
			[TYPE],
		);
		await queue(Array.from({ length: 30 }, () => ({ priority: 5, ageMinutes: 1 })));
		const claimers = Array.from({ length: 6 }, () => database.orchestrator());
		await Promise.all(claimers.map((each) => workUntilEmpty(each)));
		expect(await peakFromLog()).toBe(2);
	});

	test('a claimer that waits behind the lock of a type counts what the other one has committed', async () => {
		await database.query(
			`update orchestrator.workflow_types set max_concurrent = 1 where workflow_type = $1`,
			[TYPE],
		);
		await queue(Array.from({ length: 4 }, () => ({ priority: 5, ageMinutes: 1 })));
		const first = await database.client();
		await first.query('begin');
		await first.query('select orchestrator.claim($1)', [JSON.stringify(planFor({ maxExecutions: 1 }))]);
		const second = orchestrator.queue.claim(planFor({ maxExecutions: 1 }));
		await blocked(database, 1);
		await first.query('commit');
		expect(await second).toEqual([]);
	});

	test('with slots in plenty, a claimer that finds the head locked takes the next ones instead of nothing', async () => {
		await database.query(`insert into orchestrator.execution_slots (slot_no) select generate_series(4, 100)`);
		await database.query(`update orchestrator.workflow_types set max_concurrent = 100`);
		const ids = await queue(Array.from({ length: 3 }, () => ({ priority: 5, ageMinutes: 1 })));
		const first = await database.client();
		await first.query('begin');
		await first.query('select orchestrator.claim($1)', [JSON.stringify(planFor({ maxExecutions: 1 }))]);
		const [execution] = await orchestrator.queue.claim(planFor({ maxExecutions: 1 }));
		expect(execution?.items[0]?.task_id).toBe(ids[1]);
		await first.query('rollback');
		expect((await orchestrator.queue.claim(planFor({ maxExecutions: 1 })))[0]?.items[0]?.task_id).toBe(
			ids[0],
		);
	});

	test('a commit function refuses any isolation level but READ COMMITTED', async () => {
		const client = await database.client();
		await client.query('begin isolation level repeatable read');
		await expect(
			client.query('select orchestrator.claim($1)', [JSON.stringify(planFor())]),
		).rejects.toMatchObject({ code: 'OR001' });
		await client.query('rollback');
	});
});

describe('the snapshot', () => {
	test('feeds a plan whose claim takes exactly what was planned', async () => {
		await queue(Array.from({ length: 5 }, () => ({ priority: 5, ageMinutes: 1 })));
		const snapshot = await orchestrator.resources.snapshot();
		expect(snapshot).toMatchObject({ slots: { total: 3, free: 3 }, queue: { queued: 5 } });
		expect(snapshot.types[0]).toMatchObject({
			workflowType: TYPE,
			eligible: 5,
			topPriority: 5,
			running: 0,
			hasEndpoint: true,
		});
		expect(snapshot.connections.limit).toBe(20);
		const plan = planRun(snapshot);
		const executions = await orchestrator.queue.claim(claimPlanOf(plan, { owner: 'test', runId: null }));
		expect(executions.map((each) => each.items.length)).toEqual([2, 2, 1]);
		expect((await orchestrator.resources.snapshot()).slots.free).toBe(0);
	});
});

async function workUntilEmpty(claimer: Orchestrator): Promise<void> {
	for (;;) {
		const executions = await claimer.queue.claim(planFor({ maxExecutions: 2 }, 2));
		for (const execution of executions) {
			await claimer.executions.accept(execution, dispatchWebhookId(execution.executionId, execution.epoch));
			await claimer.executions.start(execution, execution.executionId);
			await report(
				claimer,
				execution,
				execution.items.map((item) => succeeded(item.task_id)),
			);
		}
		const left = await database.query(
			`select 1 from orchestrator.tasks where state in ('queued', 'claimed', 'running') limit 1`,
		);
		if (left.length === 0) return;
	}
}

/** The most executions active at once, from the log: claims count up, ends count down, in the order of seq. */
async function peakFromLog(): Promise<number> {
	const [row] = await database.query(`select max(active)::int as peak from (
		select sum(case when from_state is null then 1 when to_state in ('reported', 'expired', 'cancelled') then -1 else 0 end)
			over (order by seq) as active
		from orchestrator.state_transitions where entity = 'execution') counted`);
	return Number(row?.peak);
}

/** A small linear congruential generator: the same tasks at every run. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return state / 2_147_483_648;
	};
}
