import { backoffSeconds, type Entity, type Orchestrator, score, TRANSITIONS } from '../../core';
import { migrationFiles } from '../../core/postgres/migration-files';
import type { TestDatabase } from '../support/postgres';
import { LOGINS } from '../support/test-cluster';
import {
	emptyQueue,
	failed,
	openQueue,
	planFor,
	report,
	startOne,
	startWork,
	succeeded,
	task,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const entities = Object.keys(TRANSITIONS) as Entity[];

test("the database's table of legal transitions is the one in TypeScript", async () => {
	const rows = await database.query(
		'select entity, from_state, to_state, event from orchestrator.legal_transitions',
	);
	const expected = entities.flatMap((entity) =>
		TRANSITIONS[entity].map((each) => [entity, each.from, each.to, each.event].join(' ')),
	);
	expect(rows.map((row) => Object.values(row).join(' ')).sort()).toEqual(expected.sort());
});

test('an illegal change is refused by the database, whoever tries it', async () => {
	await orchestrator.queue.enqueue([task()]);
	await expect(
		database.query(`update orchestrator.tasks set state = 'succeeded', result = '{}', finished_at = now()`),
	).rejects.toMatchObject({ code: 'OR002' });
	const execution = await startOne(orchestrator);
	await report(orchestrator, execution, [succeeded(execution.items[0]!.task_id)]);
	await expect(
		database.query(
			`update orchestrator.workflow_orchestration set status = 'started', finished_at = null, lease_until = now() where id = $1`,
			[execution.executionId],
		),
	).rejects.toMatchObject({ code: 'OR002' });
});

test('an epoch never goes back', async () => {
	await startOne(orchestrator);
	await expect(database.query('update orchestrator.tasks set epoch = 0')).rejects.toMatchObject({
		code: 'OR002',
	});
});

test('bad states cannot be stored', async () => {
	await orchestrator.queue.enqueue([task()]);
	for (const change of [
		'priority = 0',
		'priority = 11',
		`execution_id = gen_random_uuid()`,
		`not_before = now()`,
		'attempts = -1',
		`finished_at = now()`,
	]) {
		await expect(database.query(`update orchestrator.tasks set ${change}`)).rejects.toMatchObject({
			code: expect.stringMatching(/^23(514|503)$/),
		});
	}
	const execution = await startOne(orchestrator);
	for (const change of [
		'lease_until = null',
		`lease_until = deadline_at + interval '1 second'`,
		'epoch = 0',
		`status = 'IDLE'`,
	]) {
		await expect(
			database.query(`update orchestrator.workflow_orchestration set ${change} where id = $1`, [
				execution.executionId,
			]),
		).rejects.toMatchObject({ code: expect.stringMatching(/^(23514|OR002)$/) });
	}
});

test('the whole life of a task is in the log: states, epoch, actor, parent', async () => {
	const execution = await startOne(orchestrator, { context: { source: 'csv' } });
	await report(orchestrator, execution, [failed(execution.items[0]!.task_id)]);
	const rows = await database.query(
		`select from_state, to_state, epoch, actor, execution_id, context from orchestrator.state_transitions where entity = 'task' order by seq`,
	);
	expect(rows).toMatchObject([
		{
			from_state: null,
			to_state: 'queued',
			epoch: 0,
			actor: 'enqueue',
			execution_id: null,
			context: { source: 'csv' },
		},
		{
			from_state: 'queued',
			to_state: 'claimed',
			epoch: 1,
			actor: 'claim:test',
			execution_id: execution.executionId,
		},
		{
			from_state: 'claimed',
			to_state: 'running',
			epoch: 1,
			actor: 'start:77',
			execution_id: execution.executionId,
		},
		{
			from_state: 'running',
			to_state: 'failed',
			epoch: 1,
			actor: 'settle',
			execution_id: execution.executionId,
		},
		{ from_state: 'failed', to_state: 'scheduled', epoch: 1, actor: 'settle' },
	]);
});

test('every change says whence it came: the login, and what the client calls itself', async () => {
	const { runId } = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
	await startOne(orchestrator);
	await orchestrator.runs.transition(runId, 'DISPATCHING');
	const rows = await database.query(
		`select entity, metadata from orchestrator.state_transitions where entity in ('task', 'execution', 'run') group by 1, 2 order by 1`,
	);
	const metadata = { login: LOGINS.worker, application: 'master-orchestrator' };
	expect(rows).toEqual(['execution', 'run', 'task'].map((entity) => ({ entity, metadata })));
});

test('every change names its parents: the task and the execution that enqueued it, the run that claimed it', async () => {
	const parent = await startOne(orchestrator, {
		successors: [{ workflowType: TYPE, when: 'succeeded', input: { topic: 'coffee' } }],
	});
	const parentTask = parent.items[0]!.task_id;
	await report(orchestrator, parent, [succeeded(parentTask)]);
	const { runId } = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
	const [child] = await orchestrator.queue.claim(planFor({ runId }));
	await startWork(orchestrator, child!);
	await report(orchestrator, child!, [failed(child!.items[0]!.task_id)]);
	const rows = await database.query(
		`select entity, to_state, parent_task_id, parent_execution_id from orchestrator.history_transitions
		where task_id = $1 or (entity = 'execution' and execution_id = $2) order by seq`,
		[child!.items[0]!.task_id, child!.executionId],
	);
	const states = (entity: string) => rows.filter((row) => row.entity === entity).map((row) => row.to_state);
	expect(states('task')).toEqual(['queued', 'claimed', 'running', 'failed', 'scheduled']);
	expect(states('execution')).toEqual(['claimed', 'accepted', 'started', 'reported']);
	for (const row of rows) {
		expect(row).toMatchObject(
			row.entity === 'task'
				? { parent_task_id: parentTask, parent_execution_id: parent.executionId }
				: { parent_task_id: null, parent_execution_id: runId },
		);
	}
});

test('the defaults are the documented ones', async () => {
	const [row] =
		await database.query(`select weight, paused_at, max_concurrent, batch_size, batch_max, cadence_seconds, max_attempts, limit_seconds,
		dispatch_lease_seconds::int, work_lease_seconds::int, backoff_base_seconds::int, backoff_ceiling_seconds::int,
		delivery_backoff_seconds::int, delivery_retries from orchestrator.workflow_types where workflow_type = 'content_pipeline'`);
	expect(row).toEqual({
		weight: 1,
		paused_at: null,
		max_concurrent: 3,
		batch_size: 2,
		batch_max: 10,
		cadence_seconds: null,
		max_attempts: 5,
		limit_seconds: 300,
		dispatch_lease_seconds: 30,
		work_lease_seconds: 90,
		backoff_base_seconds: 60,
		backoff_ceiling_seconds: 960,
		delivery_backoff_seconds: 60,
		delivery_retries: 3,
	});
	const [jitter] =
		await database.query(`select column_default from information_schema.columns where table_schema = 'orchestrator'
		and table_name = 'workflow_types' and column_name = 'backoff_jitter_seconds'`);
	expect(jitter).toEqual({ column_default: '30' });
	expect(
		await database.query(
			'select provider, model, base_url, requests_per_minute from orchestrator.llm_models order by provider',
		),
	).toEqual([
		{
			provider: 'gemini',
			model: 'gemini-2.0-flash',
			base_url: 'https://generativelanguage.googleapis.com/v1beta',
			requests_per_minute: 60,
		},
		{
			provider: 'openai',
			model: 'gpt-4o-mini',
			base_url: 'https://api.openai.com/v1',
			requests_per_minute: 50,
		},
	]);
	expect(await database.query('select count(*)::int as slots from orchestrator.execution_slots')).toEqual([
		{ slots: 3 },
	]);
});

test('every function says who calls it, and what it guards or promises or answers', async () => {
	const { functions } = migrationFiles();
	for (const { name, sql } of functions) {
		expect(`${name}: ${sql.split('\n')[0]}`).toMatch(/: -- Caller: /);
		expect(sql).toMatch(/^-- .*\b(Guard|Promise|Answer|S5|Gates)\b/m);
		expect(sql).toContain(`create or replace function orchestrator.${name}(`);
	}
	const inDatabase = await database.query(
		`select distinct proname from pg_proc where pronamespace = 'orchestrator'::regnamespace`,
	);
	expect(inDatabase.map((row) => row.proname).sort()).toEqual(functions.map((each) => each.name).sort());
});

test('SQL scores and backs off like TypeScript', async () => {
	const now = new Date('2026-01-01T12:00:00Z');
	for (const ageMinutes of [0, 12.5, 30, 30.001, 95]) {
		const eligibleAt = new Date(now.getTime() - ageMinutes * 60_000);
		const [row] = await database.query('select orchestrator.score(7, $1, $2)::float8 as score', [
			eligibleAt,
			now,
		]);
		expect(row?.score).toBeCloseTo(score({ priority: 7, eligibleAt }, now), 6);
	}
	for (const [failures, draw] of [
		[1, 0],
		[2, 0.5],
		[5, 0.999],
		[40, 0.25],
	] as const) {
		const [row] = await database.query(
			'select orchestrator.backoff_seconds(60, 960, 30, $1, $2)::float8 as s',
			[failures, draw],
		);
		expect(row?.s).toBeCloseTo(
			backoffSeconds({ baseSeconds: 60, ceilingSeconds: 960, jitterSeconds: 30 }, failures, draw),
			6,
		);
	}
});
