import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { NewTask } from '../../core';
import { check, verdictText } from '../history/check';
import { readHistory } from '../history/read-history';
import { startStage, type Stage } from '../support/stage';
import { everyTaskHasEnded, judge, until } from '../support/verdict';

/** Chosen once a run and printed, so that a failure can be repeated with the same moments. */
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 100_000);
const KILLS = 10;

let stage: Stage;
let db: Client;

beforeAll(async () => {
	stage = await startStage('killed', { latencyMs: { least: 300, most: 900 } });
	db = await stage.connect();
	await db.query(await readFile(join(__dirname, '..', 'history', 'outside.sql'), 'utf8'));
	await db.query(
		`update orchestrator.workflow_types set dispatch_lease_seconds = 5, work_lease_seconds = 8, max_attempts = 20,
		 backoff_base_seconds = 1, backoff_ceiling_seconds = 4, backoff_jitter_seconds = 0.5, delivery_backoff_seconds = 1`,
	);
}, 240_000);

afterAll(async () => {
	await db?.end();
	await stage?.stop();
}, 60_000);

test('n8n killed at 10 random moments in mid-run and started again: every task ends, none lost, none applied twice', async () => {
	await stage.orchestrator.queue.enqueue(tasks(40));
	const random = mulberry32(SEED);
	console.log(`kill moments from seed ${SEED}`);
	let killedInFlight = 0;
	for (let kill = 1; kill <= KILLS; kill++) {
		await until('something is running', anExecutionIsRunning, 60_000, 50).catch(withState);
		await new Promise((resolve) => setTimeout(resolve, 100 + random() * 2500));
		await stage.killN8n();
		const open = await db.query<{ status: string }>(
			`select status from orchestrator.workflow_orchestration where kind = 'dispatch' and lease_until is not null`,
		);
		if (open.rows.length > 0) killedInFlight++;
		console.log(
			`${Math.round(performance.now() / 1000)} s, kill ${kill}: in flight ${open.rows.map((row) => row.status).join(', ') || 'nothing'}`,
		);
		await stage.startN8n();
		if (kill < KILLS) await stage.orchestrator.queue.enqueue(tasks(3, `more-${kill}`));
	}
	await until('every task has ended', () => everyTaskHasEnded(db), 240_000).catch(withState);
	const verdict = await judge(db);
	console.log(JSON.stringify(verdict));
	expect(verdict).toMatchObject({
		tasks: 67,
		byState: { succeeded: 67 },
		articles: 67,
		appliedTwice: [],
		withoutArticle: [],
	});
	expect(verdict.peakConcurrency).toBeLessThanOrEqual(3);
	expect(verdict.expiredExecutions).toBeGreaterThan(0);
	expect(killedInFlight).toBeGreaterThan(KILLS / 3);
	expect(await objections()).toBe('nothing to say against this history');
	expect(await unaskedRequests()).toEqual([]);
}, 900_000);

test('n8n killed while it publishes at boot: the triggers come back, and work goes on', async () => {
	await stage.killN8n();
	const { rowCount } = await stage.n8nDatabase.query(
		`update workflow_publication_outbox set status = 'in_progress', "updatedAt" = current_timestamp(3)
		 where id in (select max(o.id) from workflow_publication_outbox o join workflow_entity w on w.id = o."workflowId"
			where w.name = 'Master Orchestrator')`,
	);
	expect(rowCount).toBe(1);
	await stage.orchestrator.queue.enqueue(tasks(3, 'after-boot'));
	await stage.startN8n();
	await until('every task has ended', () => everyTaskHasEnded(db), 90_000).catch(withState);
	expect((await judge(db)).byState).toEqual({ succeeded: 70 });
}, 240_000);

/** What the checker says: lives, epochs, receipts, losses, caps, shares, overtaking, and the sink's own log. */
async function objections(): Promise<string> {
	const history = await readHistory(
		async (sql) => (await db.query(sql)).rows,
		'no witness stands beside n8n',
	);
	return verdictText(check(history));
}

/** Topics that the provider was asked about without a start, or more than once for an outline or a draft of the same start. */
async function unaskedRequests(): Promise<string[]> {
	const { rows } = await db.query<{ topic: string; starts: number }>(
		`select input ->> 'topic' as topic, (select count(*)::int from orchestrator.state_transitions s
			where s.entity = 'task' and s.task_id = t.id and s.to_state = 'running') as starts from orchestrator.tasks t`,
	);
	const answered = (stage.host.simulator?.requests ?? []).filter(({ status }) => status === 200);
	expect(answered.length).toBeGreaterThanOrEqual(2 * rows.length);
	return rows.flatMap(({ topic, starts }) =>
		(['outline', 'draft'] as const).flatMap((kind) => {
			const asked = answered.filter((request) => request.topic === topic && request.kind === kind).length;
			return asked >= 1 && asked <= starts ? [] : [`${topic}: ${asked} times ${kind} for ${starts} starts`];
		}),
	);
}

async function anExecutionIsRunning(): Promise<boolean> {
	const { rows } = await db.query(
		`select 1 from orchestrator.workflow_orchestration where kind = 'dispatch' and status in ('accepted', 'started') and lease_until > now()`,
	);
	return rows.length > 0 || (await everyTaskHasEnded(db));
}

/** What an operator would look at when nothing moves. */
async function withState(error: unknown): Promise<never> {
	const look = async (sql: string) => JSON.stringify((await db.query(sql)).rows);
	const lookAtN8n = async (sql: string) => JSON.stringify((await stage.n8nDatabase.query(sql)).rows);
	console.log(
		[
			await look(
				'select state, count(*), min(not_before), max(error::text) from orchestrator.tasks group by state',
			),
			await look('select * from orchestrator.execution_slots order by slot_no'),
			await look(
				'select kind, workflow_type, url, test, disabled_at, disabled_reason from orchestrator.endpoints',
			),
			await look(
				`select kind, run_kind, status, lease_until, created_at, finished_at, n8n_execution_id, error
				 from orchestrator.workflow_orchestration order by created_at desc limit 12`,
			),
			await look('select clock_timestamp() as now, orchestrator.next_due_at() as due'),
			await lookAtN8n(
				'select id, status, mode, "startedAt", "stoppedAt" from execution_entity order by id desc limit 8',
			),
			await lookAtN8n(
				'select "workflowId", status, reason, "errorMessage", "updatedAt" from workflow_publication_outbox order by id desc limit 8',
			),
			(await readFile(stage.host.logs.n8n, 'utf8')).split('\n').slice(-60).join('\n'),
		].join('\n'),
	);
	throw error;
}

function tasks(count: number, series = 'first'): NewTask[] {
	return Array.from({ length: count }, (_, index) => ({
		workflowType: 'content_pipeline',
		priority: 1 + (index % 10),
		idempotencyKey: `${series}:${index}`,
		input: {
			topic: `Surviving a crash, part ${index} of ${series}`,
			language: 'en',
			category: 'operations',
			target_keyword: 'crash',
		},
	}));
}

/** A small seeded generator (Tommy Ettinger's mulberry32): uniform in [0, 1). */
function mulberry32(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
