import { buildCallbackEnvelope, callbackWebhookId, createOrchestrator } from '../../dist/core/index.js';

export const TYPE = 'bench';
export const BATCH = 10;
/** What the reports call a queue with `logged: false`. */
export const UNLOGGED = 'ours, without its log';
/** Above the load: 8 clients hold at most 80 executions. */
const SLOTS = 200;
const PRIORITIES = 10;
export const INPUT = { workflowId: 'wf_0123456789', executionId: 123456, input: { a: 1, b: 'x'.repeat(40) } };
/** Fair keys, where a section does not vary them. */
export const KEYS = 4;
/** What the n-th task carries, the peers' jobs as well: with the field that makes our fair keys. */
export const inputOf = (n) => ({ ...INPUT, content_type: `k${n % KEYS}` });

/**
 * The product's queue in one database: one type, `keys` fair keys of equal weight, 10 priorities, every cap above the
 * load. Everything that is measured goes through the library's door. `logged: false` is not the product: it shows what
 * the log of every change costs, which no peer has.
 */
export async function openOurs(database, { keys, depth, clients = 8, logged = true }) {
	await prepare(database.admin, keys);
	if (!logged) await stopLog(database.admin);
	await fill(database.admin, { keys, rows: depth });
	const orchestrator = openDoor(database, clients);
	await announce(orchestrator);
	const topUp = async (rows) => fill(database.admin, { keys, rows });
	return {
		orchestrator,
		keys,
		topUp,
		/** Queued tasks back at `depth`. */
		restore: async () => {
			const { rows } = await database.admin.query(
				`select count(*)::int as n from orchestrator.tasks where state = 'queued'`,
			);
			if (rows[0].n < depth) await topUp(depth - rows[0].n);
		},
		claim: async (tasks) => claim(orchestrator, tasks),
		/** As many reports come in at once as were dispatched at once; the library may let them share a commit. */
		settle: async (executions) =>
			Promise.all(executions.map(async (execution) => settle(orchestrator, execution))),
		/** What a sub-workflow does before the work: the 202, then the pre-flight. */
		start: async (executions) =>
			Promise.all(executions.map(async (execution) => start(orchestrator, execution))),
		/**
		 * Only the table that was filled: an empty table that was analysed makes plans for an empty table, and each connection
		 * keeps its plans while the table grows.
		 */
		settleDown: async () => {
			await database.admin.query('vacuum analyze orchestrator.tasks');
			await database.admin.query('checkpoint');
		},
		close: async () => orchestrator.close(),
	};
}

/** Pools are shared per connection and size in a process: a size of its own makes a door of another process. */
const openDoor = ({ url }, poolMax) =>
	createOrchestrator({ connection: { connectionString: url }, poolMax, poolLingerMs: 0 });

/** The same queue as `count` processes see it, with two connections each: nothing is shared between them. */
export function openApart(database, count) {
	return Array.from({ length: count }, (_, n) => {
		const url = `${database.url}?fallback_application_name=process-${n}`;
		const orchestrator = openDoor({ url }, 2);
		return {
			claim: async (tasks) => claim(orchestrator, tasks),
			settle: async (executions) =>
				Promise.all(executions.map(async (execution) => settle(orchestrator, execution))),
			close: async () => orchestrator.close(),
		};
	});
}

export const taskCount = (executions) => executions.reduce((sum, { items }) => sum + items.length, 0);

async function claim(orchestrator, tasks) {
	const maxExecutions = Math.ceil(tasks / BATCH);
	const quotas = [{ workflowType: TYPE, batchSize: BATCH, maxExecutions }];
	return orchestrator.queue.claim({ owner: 'bench', runId: null, maxExecutions, quotas, models: [] });
}

async function start({ executions }, execution) {
	const accepted = await executions.accept(execution, `bench-${execution.executionId}`);
	const lease = await executions.start(execution, execution.executionId);
	if (accepted !== 'accepted' || lease === null)
		throw new Error(`execution ${execution.executionId} did not start`);
}

async function settle(orchestrator, { executionId, epoch, items }) {
	const envelope = buildCallbackEnvelope({
		executionId,
		epoch,
		workflowType: TYPE,
		n8nExecutionId: executionId,
		items: items.map(({ task_id }) => ({
			task_id,
			outcome: 'succeeded',
			result: { words: 600 },
			usage: [],
		})),
	});
	const { outcome } = await orchestrator.executions.settle(envelope, callbackWebhookId(envelope));
	if (outcome !== 'applied') throw new Error(`settle answered “${outcome}”, expected “applied”`);
}

async function prepare(admin, keys) {
	await admin.query(
		`insert into orchestrator.workflow_types (workflow_type, title, max_concurrent, batch_size, batch_max)
		values ($1, 'Bench', 100000, $2, $2)`,
		[TYPE, BATCH],
	);
	await admin.query(
		`insert into orchestrator.fair_keys (fair_key, workflow_type)
		select $1 || ':k' || n, $1 from generate_series(0, $2::int - 1) n`,
		[TYPE, keys],
	);
	await admin.query(
		`insert into orchestrator.execution_slots (slot_no)
		select n from generate_series(1, $1) n on conflict do nothing`,
		[SLOTS],
	);
}

async function stopLog(admin) {
	for (const [table, rows] of [
		['tasks', 'tasks'],
		['workflow_orchestration', 'executions'],
	])
		await admin.query(
			`alter table orchestrator.${table} disable trigger log_new_${rows}, disable trigger log_changed_${rows}`,
		);
}

/** Ages of 0 to 2 hours: half of them have the boost. */
async function fill(admin, { keys, rows }) {
	await unwatched(admin, () =>
		admin.query(
			`with born as (
				insert into orchestrator.tasks (workflow_type, fair_key, idempotency_key, state, priority, input, eligible_at, created_at)
				select $1, $1 || ':k' || n % $2::int, gen_random_uuid()::text, 'queued', 1 + floor(random() * $3)::int,
					$4::jsonb || jsonb_build_object('content_type', 'k' || n % $2::int), born.at, born.at
				from generate_series(1, $5::int) n
				cross join lateral (select now() - make_interval(secs => random() * 7200 + n * 0) as at) born
				returning fair_key, priority, eligible_at
			), oldest as materialized (
				select fair_key, priority, min(eligible_at) as at from born group by 1, 2
			)
			-- Some are older than what the claim has passed: as promote_due does for retries, it must look further back.
			update orchestrator.fair_keys k set looks_from = array(
				select least(k.looks_from[p], (select at from oldest o where o.fair_key = k.fair_key and o.priority = p))
				from generate_series(1, 10) p order by p)
			where k.fair_key in (select fair_key from oldest)`,
			[TYPE, keys, PRIORITIES, JSON.stringify(INPUT), rows],
		),
	);
}

/** Without triggers: neither the log nor the foreign keys of rows that the bench made up. */
export async function unwatched(admin, work) {
	await admin.query('set session_replication_role = replica');
	await work();
	await admin.query('reset session_replication_role');
}

async function announce(orchestrator) {
	const place = { deployment: 'main', test: false };
	const base = 'http://127.0.0.1:5678/webhook/bench';
	await orchestrator.endpoints.register({ ...place, kind: 'task', workflowType: TYPE, url: `${base}/task` });
	await orchestrator.endpoints.register({
		...place,
		kind: 'callback',
		workflowType: null,
		url: `${base}/callback`,
	});
}
