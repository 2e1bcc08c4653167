import type { Client } from 'pg';
import { deliver, parseSecret, postByFetch } from '../../core';
import { claimOne, topic } from '../support/claimed-task';
import { startRedis } from '../support/redis';
import { startStage, type Stage } from '../support/stage';
import { judge, pipelineExecutions, until } from '../support/verdict';

let stage: Stage;
let db: Client;
let redis: { port: number; stop(): Promise<void> };

beforeAll(async () => {
	redis = await startRedis();
	stage = await startStage('queue-mode', { redisPort: redis.port });
	db = await stage.connect();
	await db.query(
		`update orchestrator.workflow_types set limit_seconds = 60,
		 backoff_base_seconds = 1, backoff_ceiling_seconds = 1, backoff_jitter_seconds = 0`,
	);
}, 240_000);

afterAll(async () => {
	await db?.end();
	await stage?.stop();
	await redis?.stop();
}, 60_000);

describe('n8n in queue mode', () => {
	test('a task goes the whole way through a worker', async () => {
		await stage.orchestrator.queue.enqueue([topic('through the worker')]);
		await until('the task has ended', async () => (await judge(db)).byState.succeeded === 1, 60_000);
	}, 90_000);

	test('a job that starts after its lease, because the worker was stopped after the 202, does no work', async () => {
		await stage.stopWorker();
		const [enqueued] = await stage.orchestrator.queue.enqueue([topic('too late')]);
		const execution = await claimOne(stage);
		if (!execution) throw new Error('nothing was claimed');
		const send = () =>
			deliver(execution, {
				deployment: 'main',
				secrets: [parseSecret(stage.signingSecret)],
				post: postByFetch,
				clock: { now: () => new Date() },
				sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
			});
		const before = await pipelineExecutions(stage.n8nDatabase);
		expect((await send()).outcome).toBe('accepted');
		expect((await send()).outcome).toBe('duplicate');
		expect(await pipelineExecutions(stage.n8nDatabase)).toBe(before + 1);
		// Its lease alone runs out; the later execution has all of its own.
		await db.query(
			`update orchestrator.workflow_orchestration set lease_until = clock_timestamp() - interval '1 s' where id = $1`,
			[execution.executionId],
		);

		await stage.startWorker();
		await until(
			'the task has ended by a later execution',
			async () => (await judge(db)).byState.succeeded === 2,
			90_000,
		);
		await until('no n8n execution is waiting', noJobWaits, 60_000);

		const { rows } = await db.query<{ to_state: string }>(
			`select to_state from orchestrator.state_transitions where entity = 'execution' and execution_id = $1 order by seq`,
			[execution.executionId],
		);
		expect(rows.map((row) => row.to_state)).toEqual(['claimed', 'accepted', 'expired']);
		expect(stage.llmRequests('too late')).toHaveLength(2);
		const attempts = await db.query<{ attempts: number }>(
			'select attempts from orchestrator.tasks where id = $1',
			[enqueued?.taskId],
		);
		expect(attempts.rows[0]?.attempts).toBe(1);
	}, 240_000);
});

async function noJobWaits(): Promise<boolean> {
	const { rows } = await stage.n8nDatabase.query<{ waiting: number }>(
		`select count(*)::int as waiting from execution_entity where status in ('new', 'running') and "deletedAt" is null`,
	);
	return rows[0]?.waiting === 0;
}
