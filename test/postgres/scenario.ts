import type {
	CallbackItem,
	ClaimedExecution,
	ClaimPlan,
	ExecutionRef,
	NewTask,
	Orchestrator,
	TaskError,
} from '../../core';
import { buildCallbackEnvelope, callbackWebhookId, dispatchWebhookId } from '../../core';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { CANARY } from '../support/secret-cases';

export const TYPE = 'content_pipeline';

/** What a task needs on its way through the queue: that of Postgres, or the one in memory. */
export type WorkPorts = Pick<Orchestrator, 'queue' | 'executions'>;

/** A database of its own whose queue is open for these types; drop it in afterAll. */
export async function openQueue(
	...types: string[]
): Promise<{ database: TestDatabase; orchestrator: Orchestrator }> {
	const database = await freshDatabase();
	const orchestrator = database.orchestrator();
	for (const type of [TYPE, ...types]) await openType(database, orchestrator, type);
	return { database, orchestrator };
}

/** Makes a type dispatchable: both addresses registered, no jitter, so that due times are exact. */
export async function openType(
	database: TestDatabase,
	orchestrator: Orchestrator,
	type = TYPE,
): Promise<void> {
	await database.query(
		`insert into orchestrator.workflow_types (workflow_type, title) values ($1, $1) on conflict do nothing`,
		[type],
	);
	await database.query(
		`update orchestrator.workflow_types set backoff_jitter_seconds = 0 where workflow_type = $1`,
		[type],
	);
	await announce(orchestrator, type);
}

/** Registers both addresses, as publishing the workflows does. */
export async function announce({ endpoints }: Pick<Orchestrator, 'endpoints'>, type = TYPE): Promise<void> {
	const place = { deployment: 'main', test: false };
	await endpoints.register({
		...place,
		kind: 'task',
		workflowType: type,
		url: `http://127.0.0.1:5678/webhook/mo-main/${type}`,
	});
	await endpoints.register({
		...place,
		kind: 'callback',
		workflowType: null,
		url: 'http://127.0.0.1:5678/webhook/mo-main/callback',
	});
}

/** Forgets tasks and executions, keeps types and addresses; the log goes with them. */
export async function emptyQueue(database: TestDatabase): Promise<void> {
	await database.query(
		`update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null`,
	);
	await database.query(`truncate orchestrator.tasks, orchestrator.idempotency_keys, orchestrator.failures, orchestrator.anomalies,
		orchestrator.dead_letters,
		orchestrator.workflow_orchestration, orchestrator.execution_slots, orchestrator.heartbeats, orchestrator.state_transitions,
		orchestrator.callback_receipts, orchestrator.workflow_resource_usage, orchestrator.orchestrator_metrics, content.articles`);
	await database.query(`insert into orchestrator.execution_slots (slot_no) values (1), (2), (3)`);
	await lookFromTheBeginning(database);
}

/** A test that makes tasks older by hand must say so, as promote_due does: the claim remembers where it looked. */
export async function lookFromTheBeginning(database: TestDatabase): Promise<void> {
	await database.query(
		`update orchestrator.fair_keys set looks_from = default, looks_from_at = default, looked_back_at = default`,
	);
}

export function task(overrides: Partial<NewTask> = {}): NewTask {
	return { workflowType: TYPE, input: { topic: 'tea' }, ...overrides };
}

export function planFor(overrides: Partial<ClaimPlan> = {}, batchSize = 1, type = TYPE): ClaimPlan {
	const quotas = [{ workflowType: type, batchSize, maxExecutions: 10 }];
	return { owner: 'test', runId: null, maxExecutions: 10, quotas, models: [], ...overrides };
}

/** Enqueues one task and claims it. */
export async function claimOne(
	orchestrator: WorkPorts,
	overrides: Partial<NewTask> = {},
): Promise<ClaimedExecution> {
	await orchestrator.queue.enqueue([task(overrides)]);
	return reclaim(orchestrator);
}

/** Claims exactly one execution of what is queued. */
export async function reclaim(orchestrator: WorkPorts, batchSize = 1): Promise<ClaimedExecution> {
	const [execution] = await orchestrator.queue.claim(planFor({ maxExecutions: 1 }, batchSize));
	if (!execution) throw new Error('nothing was claimed');
	return execution;
}

/** Claimed, accepted and started by n8n execution 77. */
export async function startOne(
	orchestrator: WorkPorts,
	overrides: Partial<NewTask> = {},
): Promise<ClaimedExecution> {
	const execution = await claimOne(orchestrator, overrides);
	await startWork(orchestrator, execution);
	return execution;
}

/** Accepts it and starts its work, as the Task Trigger of an n8n would; without one it is not known where. */
export async function startWork(
	{ executions }: Pick<WorkPorts, 'executions'>,
	execution: ClaimedExecution,
	n8nExecutionId = '77',
	n8nInstance?: string,
): Promise<void> {
	await executions.accept(execution, dispatchWebhookId(execution.executionId, execution.epoch));
	await executions.start(execution, n8nExecutionId, n8nInstance);
}

export function succeeded(taskId: string, usage: CallbackItem['usage'] = []): CallbackItem {
	return { task_id: taskId, outcome: 'succeeded', result: { words: 600 }, usage };
}

export function failed(
	taskId: string,
	retry?: { recommended: boolean; not_before: string | null },
	error: TaskError = { message: 'the model refused' },
): CallbackItem {
	return {
		task_id: taskId,
		outcome: 'failed',
		// Every suite that fails a task plants a secret; `drop` looks for it in every table.
		error: { stack: `Error: the model refused\n    at ask (llm.js:1:1) Bearer ${CANARY}`, ...error },
		usage: [],
		...(retry && { retry }),
	};
}

/** Reports an error after which no retry makes sense: the task is dead. Answers its id. */
export async function bury(
	orchestrator: WorkPorts,
	overrides: Partial<NewTask> = {},
	error?: TaskError,
): Promise<string> {
	const execution = await startOne(orchestrator, overrides);
	const taskId = onlyTask(execution);
	await report(orchestrator, execution, [failed(taskId, { recommended: false, not_before: null }, error)]);
	return taskId;
}

export async function buryMany(
	orchestrator: Orchestrator,
	count: number,
	message = (n: number) => `request ${n} failed`,
): Promise<string[]> {
	const ids: string[] = [];
	for (let n = 1; n <= count; n++) ids.push(await bury(orchestrator, {}, { message: message(n), code: 'X' }));
	return ids;
}

export const onlyTask = (execution: ClaimedExecution): string => execution.items[0]?.task_id ?? '';

/** Reports these items as Task Report would. */
export async function report(
	orchestrator: WorkPorts,
	ref: ExecutionRef,
	items: CallbackItem[],
	webhookId?: string,
) {
	const { executionId, epoch } = ref;
	const envelope = buildCallbackEnvelope({
		executionId,
		epoch,
		workflowType: TYPE,
		n8nExecutionId: '77',
		items,
	});
	return orchestrator.executions.settle(envelope, webhookId ?? callbackWebhookId(envelope));
}

/** Lets the lease of an execution or run have run out an hour ago. */
export async function expireLease(database: TestDatabase, executionId: string): Promise<void> {
	await database.query(
		`update orchestrator.workflow_orchestration set lease_until = clock_timestamp() - interval '1 hour',
			last_at = clock_timestamp() - interval '2 hours' where id = $1`,
		[executionId],
	);
}

/** Makes every waiting task due now. */
export async function letWaitingPass(database: TestDatabase): Promise<void> {
	await database.query(
		`update orchestrator.tasks set not_before = clock_timestamp() - interval '1 second' where state = 'scheduled'`,
	);
}

/** Waits until this many sessions of the database wait for a lock. */
export async function blocked(database: TestDatabase, count: number): Promise<void> {
	for (let tries = 0; tries < 5000; tries++) {
		const rows = await database.query(
			`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
		);
		if (rows.length >= count) return;
	}
	throw new Error('nobody waits for a lock');
}

export async function oneRow(
	database: TestDatabase,
	sql: string,
	values: unknown[] = [],
): Promise<Record<string, unknown>> {
	const rows = await database.query(sql, values);
	if (rows.length !== 1 || !rows[0]) throw new Error(`expected one row, got ${rows.length}: ${sql}`);
	return rows[0];
}

export async function taskRow(database: TestDatabase, taskId: string): Promise<Record<string, unknown>> {
	return oneRow(database, `select * from orchestrator.tasks where id = $1`, [taskId]);
}

export async function executionRow(
	database: TestDatabase,
	executionId: string,
): Promise<Record<string, unknown>> {
	return oneRow(database, `select * from orchestrator.workflow_orchestration where id = $1`, [executionId]);
}
