import fc from 'fast-check';
import { type ClaimPolicy, explainTask, modelClaim, type Orchestrator, whyIdle } from '../../core';
import { claimSnapshot, taskSnapshot } from '../../core/postgres/queue-rows';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { emptyQueue, openType } from './scenario';

const TYPES = ['alpha', 'beta', 'gamma'] as const;
const CONTENT = ['', 'news', 'guide'] as const;

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	database = await freshDatabase();
	orchestrator = database.orchestrator();
	for (const type of TYPES) await openType(database, orchestrator, type);
});
afterAll(async () => database.drop());

/** True once in so many; drawn from a set, because small numbers are drawn more often. */
const oneIn = (n: number) => fc.constantFrom(true, ...Array.from({ length: n - 1 }, () => false));
const task = fc.record({
	type: fc.constantFrom(...TYPES),
	content: fc.constantFrom(...CONTENT),
	priority: fc.integer({ min: 1, max: 10 }),
	// Whole minutes make ties, odd seconds make near misses on both sides of the 30-minute boost; none so near that it would
	// get the boost between the snapshot and the claim.
	ageSeconds: fc
		.oneof(
			fc.integer({ min: 0, max: 90 }).map((n) => n * 60),
			fc.integer({ min: 0, max: 5400 }),
		)
		.map((age) => (age > 1680 && age < 1800 ? 1800 : age)),
	expired: oneIn(10),
});
const gates = fc.record({
	paused: oneIn(8),
	maxConcurrent: fc.integer({ min: 1, max: 5 }),
	cadence: oneIn(8),
	batchSize: fc.integer({ min: 1, max: 6 }),
	maxExecutions: fc.constantFrom(0, 1, 2, 3, 4),
});
const key = fc.record({
	weight: fc.integer({ min: 1, max: 9 }),
	paused: oneIn(8),
});
type Hints = (number | null)[];
const NO_HINTS: Hints = Array.from({ length: 10 }, () => null);
const AT_THE_HEADS: Hints = Array.from({ length: 10 }, () => 0);
const world = fc.record({
	tasks: fc.array(task, { minLength: 1, maxLength: 50, size: 'max' }),
	slots: fc.constantFrom(1, 2, 3, 4, 5, 6, 8),
	types: fc.tuple(gates, gates, gates),
	keys: fc.array(key, { minLength: 9, maxLength: 9 }),
	/** Executions that run already, claimed by the same rules before. */
	before: fc.constantFrom(0, 0, 1, 2, 3),
	maxExecutions: fc.constantFrom(0, 1, 2, 3, 5, 8),
	/** By how many seconds the hint where to look lies before a stream’s oldest task; null = there is none. */
	hints: fc.oneof(
		fc.constant(NO_HINTS),
		fc.array(fc.constantFrom<number | null>(null, 0, 0, 3, 90, 1800), { minLength: 10, maxLength: 10 }),
	),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

const keyOf = (type: string, content: string) => (content === '' ? type : `${type}:${content}`);

/** Makes the database look like this world. Ages are whole milliseconds, as the model's instants are. */
async function build({ tasks, slots, types, keys, before, hints }: World): Promise<void> {
	await emptyQueue(database);
	await database.query('delete from orchestrator.execution_slots');
	await database.query(
		'insert into orchestrator.execution_slots (slot_no) select generate_series(1, $1::int)',
		[slots],
	);
	await database.query(`update orchestrator.fair_keys set paused_at = null, paused_by = null`);
	await database.query(
		`update orchestrator.workflow_types set paused_at = null, paused_by = null, cadence_seconds = null, max_concurrent = 9, batch_size = 2`,
	);
	await orchestrator.queue.enqueue(
		tasks.map(({ type, content, priority }) => ({
			workflowType: type,
			priority,
			input: { content_type: content },
		})),
	);
	await database.query(
		`update orchestrator.tasks t set eligible_at = date_trunc('milliseconds', now()) - make_interval(secs => a.age),
			expires_at = case when a.expired then now() - interval '1 minute' end
		from (select row_number() over (order by id) as n, id from orchestrator.tasks) o
		join unnest($1::int[], $2::boolean[]) with ordinality a(age, expired, n) using (n) where t.id = o.id`,
		[tasks.map((each) => each.ageSeconds), tasks.map((each) => each.expired)],
	);
	const allKeys = TYPES.flatMap((type) => CONTENT.map((content) => keyOf(type, content)));
	await database.query(
		`update orchestrator.fair_keys k set weight = a.weight from unnest($1::text[], $2::int[]) a(key, weight) where k.fair_key = a.key`,
		[allKeys, keys.map((each) => each.weight)],
	);
	if (before > 0)
		await orchestrator.queue.claim({
			owner: 'before',
			runId: null,
			models: [],
			maxExecutions: before,
			quotas: TYPES.map((workflowType) => ({ workflowType, batchSize: 1, maxExecutions: before })),
		});
	await lookNearHeads(hints);
	await database.query(
		`update orchestrator.fair_keys k set paused_at = now(), paused_by = 'test'
		from unnest($1::text[], $2::boolean[]) a(key, paused) where k.fair_key = a.key and a.paused`,
		[allKeys, keys.map((each) => each.paused)],
	);
	await database.query(
		`update orchestrator.workflow_types y set max_concurrent = a.most, cadence_seconds = case when a.cadence then 600 end,
			batch_size = a.batch, paused_at = case when a.paused then now() end, paused_by = case when a.paused then 'test' end
		from unnest($1::text[], $2::int[], $3::boolean[], $4::boolean[], $5::int[]) a(type, most, cadence, paused, batch) where y.workflow_type = a.type`,
		[
			TYPES,
			types.map((each) => each.maxConcurrent),
			types.map((each) => each.cadence),
			types.map((each) => each.paused),
			types.map((each) => each.batchSize),
		],
	);
}

/** Each stream of a key has another of the hints, as after a look that is not due again; an empty one was seen to be empty. */
async function lookNearHeads(hints: World['hints']): Promise<void> {
	await database.query(
		`update orchestrator.fair_keys k set looks_from_at = now(), looked_back_at = now(), looks_from = array(
			select coalesce(coalesce(min(t.eligible_at), now()) - make_interval(secs => h.seconds), '-infinity')
			from generate_series(1, 10) p cross join lateral (
				select ($1::int[])[1 + (p + length(k.fair_key)) % 10] as seconds) h
			left join orchestrator.tasks t on t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
			group by p, h.seconds order by p)`,
		[hints],
	);
}

/** What the database really claims, in the order of the answer: tasks of each execution. */
async function claimed(policy: ClaimPolicy): Promise<string[][]> {
	const executions = await orchestrator.queue.claim({ owner: 'test', runId: null, models: [], ...policy });
	return executions.map((each) => each.items.map((item) => item.task_id));
}

async function seen(depth = 100) {
	const [row] = await database.query('select orchestrator.claim_snapshot($1) as answer', [depth]);
	return claimSnapshot.parse(row?.answer);
}

test('the database claims exactly what the model in TypeScript says, whole claims over several types, keys, weights and gates', async () => {
	let executions = 0;
	await fc.assert(
		fc.asyncProperty(world, async (each) => {
			await build(each);
			const policy: ClaimPolicy = {
				maxExecutions: each.maxExecutions,
				quotas: TYPES.map((workflowType, n) => ({
					workflowType,
					batchSize: each.types[n]!.batchSize,
					maxExecutions: each.types[n]!.maxExecutions,
				})),
			};
			const model = modelClaim(await seen(), policy);
			const reasons = whyIdle(await seen(), policy);
			const real = await claimed(policy);
			executions += real.length;
			expect(real).toEqual(model.map((one) => one.taskIds));
			// An empty claim has a reason for every type that waits, and none of them is “nothing holds it”.
			if (real.length > 0) return;
			expect(reasons.filter((one) => one.reason === 'claimable')).toEqual([]);
			expect(reasons.length).toBeGreaterThan(0);
		}),
		{ numRuns: 60 },
	);
	// About 65 on average: enough to say that the claims were not empty, whatever the seed.
	expect(executions).toBeGreaterThan(20);
}, 240_000);

test.each([
	['without a hint', NO_HINTS],
	['with hints at the heads', AT_THE_HEADS],
])(
	'a claim of hundreds follows the model through long streams, to their end, %s',
	async (_, hints) => {
		const tasks = fc.sample(task, { numRuns: 400, seed: 7 }).map((each, n) => ({
			...each,
			type: 'alpha' as const,
			content: n % 3 === 0 ? ('news' as const) : ('' as const),
			priority: 1 + (n % 2),
			expired: n % 25 === 0,
		}));
		const open = {
			paused: false,
			maxConcurrent: 60,
			cadence: false,
			batchSize: 10,
			maxExecutions: 4 as const,
		};
		await build({
			tasks,
			slots: 60 as World['slots'],
			types: [open, open, open],
			keys: Array.from({ length: 9 }, (_, n) => ({ weight: 1 + n, paused: false })),
			before: 0,
			maxExecutions: 8,
			hints,
		});
		const policy = {
			maxExecutions: 60,
			quotas: [{ workflowType: 'alpha', batchSize: 10, maxExecutions: 60 }],
		};
		const model = modelClaim(await seen(500), policy);
		const real = await claimed(policy);
		expect(real).toEqual(model.map((one) => one.taskIds));
		expect(real.flat()).toHaveLength(400 - 16);
	},
	120_000,
);

test('Explain says of every waiting task whether the next claim takes it, and a default claim does just that', async () => {
	const verdicts = new Map<string, number>();
	await fc.assert(
		fc.asyncProperty(world, async (each) => {
			await build(each);
			const rows = await database.query(
				`select orchestrator.explain_task(id) as answer from orchestrator.tasks where state = 'queued' order by id`,
			);
			const explained = rows.map((row) => explainTask(taskSnapshot.parse(row.answer)));
			const answers = await database.query(`select orchestrator.orchestrate_next_execution('psql', 8) as e`);
			const real = answers.flatMap((row) =>
				(row.e as { items: { task_id: string }[] }).items.map((item) => item.task_id),
			);
			const foretold = explained.filter((one) => one.verdict === 'claimable').map((one) => one.taskId);
			expect([...foretold].sort()).toEqual([...real].sort());
			for (const one of explained) {
				const gate = one.gates[0]?.gate ?? 'claimable';
				verdicts.set(gate, (verdicts.get(gate) ?? 0) + 1);
				expect(one.gates.length > 0).toBe(one.verdict === 'held');
				expect(one.earliestStart === null).toBe(one.gates.some((closed) => closed.opensAt === null));
			}
		}),
		{ numRuns: 30 },
	);
	expect(verdicts.get('claimable')).toBeGreaterThan(0);
	expect(verdicts.get('tasks_ahead')).toBeGreaterThan(0);
}, 240_000);
