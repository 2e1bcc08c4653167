import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { emptyQueue, openQueue, planFor, report, succeeded, task, TYPE } from './scenario';

// Where the claim begins to look (fair_keys.looks_from) is a hint: whatever it says, no task may be lost behind it.
let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const looksFrom = async (priority: number): Promise<Date | null> => {
	const [row] = await database.query(
		`select nullif(looks_from[$1], '-infinity') as at from orchestrator.fair_keys where fair_key = $2`,
		[priority, TYPE],
	);
	return row?.at as Date | null;
};
const letLooksBeDue = () => database.query(`update orchestrator.fair_keys set looks_from_at = '-infinity'`);
const makeOlder = (minutes: number) =>
	database.query(
		`update orchestrator.tasks set eligible_at = now() - make_interval(mins => $1) + id * interval '1 ms'`,
		[minutes],
	);

async function claimedTasks(): Promise<string[]> {
	const executions = await orchestrator.queue.claim(planFor({ maxExecutions: 1 }));
	const ids = executions.flatMap((each) => each.items.map((item) => item.task_id));
	for (const each of executions)
		await report(
			orchestrator,
			each,
			each.items.map((item) => succeeded(item.task_id)),
		);
	return ids;
}

test('the look moves up to the oldest waiting task, never into the last minute', async () => {
	await orchestrator.queue.enqueue([task({ priority: 5 }), task({ priority: 5 })]);
	await makeOlder(20);
	await claimedTasks();
	const [oldest] = await database.query(
		`select eligible_at from orchestrator.tasks where state = 'succeeded'`,
	);
	expect(await looksFrom(5)).toEqual(oldest?.eligible_at);
	const [clock] = await database.query(`select clock_timestamp() - interval '60 seconds' as newest`);
	const emptyStream = await looksFrom(9);
	expect(emptyStream!.getTime()).toBeLessThanOrEqual((clock?.newest as Date).getTime());
});

test('a retry that becomes due is older than where the claim looks, and is found', async () => {
	await orchestrator.queue.enqueue([task({ priority: 5 })]);
	await claimedTasks();
	expect(await looksFrom(5)).not.toBeNull();
	await orchestrator.queue.enqueue([task({ priority: 5, notBefore: new Date(Date.now() + 60_000) })]);
	await database.query(
		`update orchestrator.tasks set not_before = now(), eligible_at = now() - interval '3 hours' where state = 'scheduled'`,
	);
	expect(await claimedTasks()).toHaveLength(1);
});

test('what a transaction of many minutes enqueued is found at once when nothing else waits', async () => {
	await orchestrator.queue.enqueue([task({ priority: 5 })]);
	await claimedTasks();
	const [late] = await orchestrator.queue.enqueue([task({ priority: 5 })]);
	await makeOlder(10);
	await letLooksBeDue();
	expect(await claimedTasks()).toEqual([]);
	expect(await claimedTasks()).toEqual([late?.taskId]);
});

test('and at the next look from the beginning while others wait', async () => {
	await orchestrator.queue.enqueue([task({ priority: 5 })]);
	await claimedTasks();
	const [late] = await orchestrator.queue.enqueue([task({ priority: 5 })]);
	await makeOlder(10);
	await orchestrator.queue.enqueue(Array.from({ length: 3 }, () => task({ priority: 5 })));
	await letLooksBeDue();
	expect(await claimedTasks()).not.toContain(late?.taskId);
	await letLooksBeDue();
	await database.query(`update orchestrator.fair_keys set looked_back_at = now() - interval '6 minutes'`);
	await claimedTasks();
	expect(await claimedTasks()).toEqual([late?.taskId]);
});

test('a key that another transaction holds is not waited for', async () => {
	await orchestrator.queue.enqueue([task()]);
	const promoting = await database.client();
	await promoting.query('begin');
	await promoting.query(`select 1 from orchestrator.fair_keys where fair_key = $1 for no key update`, [TYPE]);
	expect(await claimedTasks()).toHaveLength(1);
	expect(await looksFrom(5)).toBeNull();
	await promoting.query('rollback');
});

test('while an old snapshot keeps dead rows, a claim does not read those that it has passed', async () => {
	await orchestrator.queue.enqueue(Array.from({ length: 3000 }, () => task({ priority: 5 })));
	await makeOlder(20);
	const old = await database.client();
	await old.query('begin isolation level repeatable read');
	await old.query('select count(*) from orchestrator.tasks');
	await database.query(`update orchestrator.tasks set state = 'cancelled', finished_at = now()
		where id in (select id from orchestrator.tasks order by id limit 2900)`);
	await claimedTasks();
	const reader = await database.client();
	await reader.query('set enable_seqscan = off; set enable_bitmapscan = off');
	const rowsRead = async () => {
		const {
			rows: [row],
		} = await reader.query(
			`explain (analyze, buffers, format json) select t.id from orchestrator.fair_keys k join lateral (
				select t.id from orchestrator.tasks t where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = 5
					and t.eligible_at >= k.looks_from[5] order by t.eligible_at, t.id limit 1) t on true`,
		);
		const plan = (
			row?.['QUERY PLAN'] as { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[]
		)[0]!.Plan;
		return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
	};
	const behindTheHint = await rowsRead();
	await database.query('update orchestrator.fair_keys set looks_from = default');
	expect(behindTheHint).toBeLessThan((await rowsRead()) / 10);
	await old.query('rollback');
});

test('heads near the look and far behind it are both found, in their order', async () => {
	const look = new Date(Date.now() - 7_200_000);
	const secondsBehind = [3600, 4.999, 0, 5, 5.001, 90];
	await orchestrator.queue.enqueue(secondsBehind.map(() => task({ priority: 5 })));
	const placed = await database.query(
		`update orchestrator.tasks t set eligible_at = $2::timestamptz + make_interval(secs => p.seconds)
		 from (select id, ($1::float8[])[row_number() over (order by id)] as seconds from orchestrator.tasks where state = 'queued') p
		 where t.id = p.id returning t.id, p.seconds`,
		[secondsBehind, look],
	);
	const inOrder = placed.sort((a, b) => Number(a.seconds) - Number(b.seconds)).map(({ id }) => id);
	const claimed: string[] = [];
	for (let n = 0; n < inOrder.length; n++) {
		await database.query(
			`update orchestrator.fair_keys set looks_from = array_fill($1::timestamptz, array[10]), looks_from_at = now()`,
			[look],
		);
		claimed.push(...(await claimedTasks()));
	}
	expect(claimed).toEqual(inOrder);
});

test.each([
	['no task', []],
	['one of its last stream', [1]],
])(
	'a key whose known tasks are taken and that turns out to have %s left does not move the place of the others in the order',
	async (_, left) => {
		const of = (content_type: string, priority: number) => task({ priority, input: { content_type } });
		const enqueued = await orchestrator.queue.enqueue([
			...[10, 10, ...left].map((priority) => of('a', priority)),
			...[5, 1].map((priority) => of('b', priority)),
		]);
		const [first, second] = enqueued.map((each) => each.taskId);
		const bestOfB = enqueued.at(-2)?.taskId;
		// The other streams of a could each have a task of ten minutes, the lowest of them one that is better than the last of b.
		await database.query(
			`update orchestrator.fair_keys set looks_from_at = now(), looks_from = array_fill(now() - case fair_key
				when $1 || ':a' then interval '10 minutes' else interval '1 minute' end, array[10])`,
			[TYPE],
		);
		const [execution] = await orchestrator.queue.claim(planFor({ maxExecutions: 1 }, 3));
		expect(execution?.items.map((item) => item.task_id)).toEqual([first, second, bestOfB]);
	},
);
