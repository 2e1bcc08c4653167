import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { age, archivedCounts } from './history-scenario';
import {
	claimOne,
	emptyQueue,
	executionRow,
	expireLease,
	oneRow,
	onlyTask,
	openQueue,
	report,
	startOne,
	succeeded,
	task,
	taskRow,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	// What raises on one item, whatever is tried: the id says which, the SQLSTATE what.
	await database.query(`create table public.poison (id text, sqlstate text, of_table text)`);
	await database.query(`
		create function public.raise_if_poisoned() returns trigger language plpgsql security definer as $$
		declare v_row jsonb := to_jsonb(coalesce(new, old)); v_poison public.poison;
		begin
			select * into v_poison from public.poison p where p.of_table = tg_table_name
				and p.id in (v_row ->> 'execution_id', v_row ->> 'task_id', v_row ->> 'id', v_row ->> 'slot_no', 'any');
			if found then raise exception 'poisoned' using errcode = v_poison.sqlstate; end if;
			return coalesce(new, old);
		end $$`);
	for (const [table, event] of [
		['failures', 'insert'],
		['execution_slots', 'update'],
		['tasks', 'delete'],
		['dead_letters', 'delete'],
	]) {
		await database.query(`create trigger poison before ${event} on orchestrator.${table}
			for each row execute function public.raise_if_poisoned()`);
	}
});
afterAll(async () => {
	await database.query(`drop table public.poison`);
	await database.query(`drop function public.raise_if_poisoned() cascade`);
	await database.drop();
});
beforeEach(async () => {
	await database.query('truncate public.poison');
	await emptyQueue(database);
});

const poison = async (id: string, table = 'failures', sqlstate = '54001') =>
	database.query('insert into public.poison values ($1, $2, $3)', [id, sqlstate, table]);
const cure = async () => database.query('truncate public.poison');
const openRows = async () =>
	database.query(
		`select kind, entity, entity_id, detail from orchestrator.anomalies where resolved_at is null order by entity_id`,
	);
/** An item that failed is left alone for a minute. */
const aMinuteLater = async () =>
	database.query(`update orchestrator.anomalies set last_seen_at = last_seen_at - interval '2 minutes'`);
/** What every pass does behind it is done; then the item can be recovered, and its row is over. */
const recoveredAfterTheCure = async () => {
	await cure();
	await aMinuteLater();
	const passed = await orchestrator.runs.recover();
	expect(passed.anomalies).toMatchObject({ resolved: 1, open: 0 });
	expect(
		await database.query(`select resolution from orchestrator.anomalies where kind = 'recovery_failed'`),
	).toEqual([{ resolution: 'It was recovered, or needs no recovery any more.' }]);
	return passed;
};

test('an execution whose expiry raises stays as it is with a row that says so, and all others are expired', async () => {
	const [bad, good] = [await claimOne(orchestrator), await claimOne(orchestrator)];
	for (const { executionId } of [bad, good]) await expireLease(database, executionId);
	await poison(bad.executionId);
	expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1, requeuedTasks: 1 });
	expect((await executionRow(database, bad.executionId)).status).toBe('claimed');
	expect(await taskRow(database, onlyTask(good))).toMatchObject({ state: 'scheduled' });
	expect(await openRows()).toEqual([
		{
			kind: 'recovery_failed',
			entity: 'execution',
			entity_id: bad.executionId,
			detail: { sqlstate: '54001', message: 'poisoned' },
		},
	]);
	// It is not tried at every pass, and work goes on.
	await cure();
	expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 0, anomalies: { open: 1 } });
	expect(await claimOne(orchestrator)).toMatchObject({ epoch: 1 });
	expect(await recoveredAfterTheCure()).toMatchObject({ expiredExecutions: 1 });
});

test('a run whose end raises does not keep other runs, nor the rest of the pass', async () => {
	const runs = [1, 2].map(() => orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' }));
	const [bad, good] = (await Promise.all(runs)).map(({ runId }) => runId) as [string, string];
	for (const runId of [bad, good]) await expireLease(database, runId);
	await poison(bad);
	expect(await orchestrator.runs.recover()).toMatchObject({ abandonedRuns: 1 });
	expect(await openRows()).toMatchObject([{ entity: 'run', entity_id: bad }]);
	expect(await recoveredAfterTheCure()).toMatchObject({ abandonedRuns: 1 });
});

test('a task that cannot be buried does not keep others alive past their deadline', async () => {
	const tasks = await orchestrator.queue.enqueue([task(), task()]);
	const [bad, good] = tasks.map(({ taskId }) => taskId) as [string, string];
	await database.query(`update orchestrator.tasks set expires_at = clock_timestamp() - interval '1 second'`);
	await poison(bad);
	expect(await orchestrator.runs.recover()).toMatchObject({ deadTasks: 1 });
	expect(await taskRow(database, good)).toMatchObject({ state: 'dead' });
	expect(await openRows()).toMatchObject([{ entity: 'task', entity_id: bad }]);
	expect(await recoveredAfterTheCure()).toMatchObject({ deadTasks: 1 });
});

test('items that raise do not take the places of those that can be recovered', async () => {
	const tasks = await orchestrator.queue.enqueue([task(), task(), task()]);
	await database.query(
		`update orchestrator.tasks set expires_at = clock_timestamp() - interval '1 second' * (10 - priority - id % 3)`,
	);
	for (const { taskId } of tasks.slice(0, 2)) await poison(taskId);
	let dead = 0;
	for (let pass = 0; pass < 3; pass++) dead += (await orchestrator.runs.recover({ limit: 1 })).deadTasks;
	expect(dead).toBe(1);
	expect(await openRows()).toHaveLength(2);
});

test('a repair that raises is written to the row of its anomaly, and the other repairs are made', async () => {
	for (const slot of [1, 2]) {
		const execution = await startOne(orchestrator);
		await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
		await database.query(
			`update orchestrator.execution_slots set execution_id = $1, workflow_type = 'content_pipeline', fair_key = 'content_pipeline'
			where slot_no = $2`,
			[execution.executionId, slot],
		);
	}
	await poison('1', 'execution_slots');
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 2, repaired: 1, open: 1 });
	expect(
		await oneRow(database, `select entity_id, action from orchestrator.anomalies where resolved_at is null`),
	).toMatchObject({
		entity_id: '1',
		action: { result: { repaired: false, sqlstate: '54001', message: 'poisoned' } },
	});
});

test('a tree that cannot be archived does not keep those behind it', async () => {
	const done: string[] = [];
	for (let n = 0; n < 2; n++) {
		const execution = await startOne(orchestrator);
		await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
		done.push(onlyTask(execution));
	}
	await age(database);
	await poison(done[0] ?? '', 'tasks');
	await orchestrator.runs.recover();
	expect(await archivedCounts(database)).toMatchObject({ tasks: 1 });
	expect(await openRows()).toMatchObject([{ kind: 'recovery_failed', entity: 'tree' }, { entity: 'tree' }]);
	await cure();
	await orchestrator.runs.recover();
	await aMinuteLater();
	await orchestrator.runs.recover();
	expect(await archivedCounts(database)).toMatchObject({ tasks: 2 });
	expect(await openRows()).toEqual([]);
});

test('a step that raises is named, and the steps after it are taken', async () => {
	const execution = await startOne(orchestrator);
	await report(orchestrator, execution, [
		{
			task_id: onlyTask(execution),
			outcome: 'failed',
			error: { message: 'no' },
			usage: [],
			retry: { recommended: false, not_before: null },
		},
	]);
	await database.query(
		`update orchestrator.dead_letters set died_at = died_at - interval '2 days', expires_at = clock_timestamp() - interval '1 day'`,
	);
	const [later] = await orchestrator.queue.enqueue([task({ notBefore: new Date(Date.now() + 60_000) })]);
	await database.query(`update orchestrator.tasks set not_before = clock_timestamp() where id = $1`, [
		later?.taskId,
	]);
	await poison('any', 'dead_letters');
	expect(await orchestrator.runs.recover()).toMatchObject({ promotedTasks: 1, purgedDeadLetters: 0 });
	expect(await openRows()).toMatchObject([{ entity: 'step', entity_id: 'purge_dead_letters' }]);
	expect(await recoveredAfterTheCure()).toMatchObject({ purgedDeadLetters: 1 });
});

test('an error that passes by itself fails the whole pass, which comes again', async () => {
	const execution = await startOne(orchestrator);
	await expireLease(database, execution.executionId);
	await poison(execution.executionId, 'failures', '58030');
	await expect(orchestrator.runs.recover()).rejects.toThrow('poisoned');
	expect(await openRows()).toEqual([]);
	await cure();
	expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1 });
});

test('a task fails like any other though its input is nested too deeply to be searched for secrets', async () => {
	// As it could come in before the depth was bounded.
	const deep = `${'{"apiKey":'.repeat(1000)}1${'}'.repeat(1000)}`;
	const execution = await claimOne(orchestrator);
	await database.query('update orchestrator.tasks set input = $1 where id = $2', [deep, onlyTask(execution)]);
	await expireLease(database, execution.executionId);
	expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1, anomalies: { open: 0 } });
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'scheduled' });
	expect(await oneRow(database, `select input from orchestrator.failures where entity = 'task'`)).toEqual({
		input: { leftOut: 'It is nested too deeply to be searched for secrets.' },
	});
});
