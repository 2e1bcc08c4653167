import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { age, archiveAll, archivedCounts } from './history-scenario';
import { blocked, openQueue, report, startOne, succeeded, TYPE } from './scenario';

// Many round trips each; a busy machine is no fault.
jest.setTimeout(60_000);

const RETIRED = TYPE;
const UNUSED = 'seo_monitor';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeEach(async () => {
	({ database, orchestrator } = await openQueue(UNUSED));
});
afterEach(async () => database.drop());

/** As an administrator: what foreign keys ask for first, then the row of the type, or whatever is done to it instead. */
async function deleteType(
	type: string,
	statement = `delete from orchestrator.workflow_types where workflow_type = '${type}'`,
): Promise<unknown> {
	const admin = await database.as('admin');
	await admin.query('begin');
	await admin.query(`select orchestrator.set_actor('test')`);
	await admin.query('delete from orchestrator.endpoints where workflow_type = $1', [type]);
	await admin.query('delete from orchestrator.fair_keys where workflow_type = $1', [type]);
	const answer = await admin.query(statement).then(
		() => 'deleted',
		(error: unknown) => error,
	);
	await admin.query(answer === 'deleted' ? 'commit' : 'rollback');
	return answer;
}

const seen = async () => ({
	tasks: (await orchestrator.history.tasks({ types: [RETIRED] })).entries.length,
	executions: (await orchestrator.history.executions({ types: [RETIRED] })).entries.length,
});

test('a type stays while a task of it waits, has ended or is archived, and so does its history', async () => {
	const refusal = {
		code: 'OR005',
		message: expect.stringContaining('"content_pipeline" has tasks or executions') as string,
		hint: expect.stringContaining('pause_queue') as string,
	};
	const execution = await startOne(orchestrator);
	expect(await deleteType(RETIRED)).toMatchObject(refusal);
	await report(
		orchestrator,
		execution,
		execution.items.map((item) => succeeded(item.task_id)),
	);
	expect(await deleteType(RETIRED)).toMatchObject(refusal);
	await age(database);
	await archiveAll(database);
	expect(await archivedCounts(database)).toMatchObject({ tasks: 1, executions: 1 });
	expect(await deleteType(RETIRED)).toMatchObject(refusal);
	const rename = `update orchestrator.workflow_types set workflow_type = 'other' where workflow_type = '${RETIRED}'`;
	expect(await deleteType(RETIRED, rename)).toMatchObject(refusal);
	await expect(database.query(rename)).rejects.toMatchObject(refusal);
	expect(await seen()).toEqual({ tasks: 1, executions: 1 });
});

test('a type of which there never was a task is deleted with its addresses', async () => {
	await startOne(orchestrator);
	expect(await deleteType(UNUSED)).toBe('deleted');
});

test('a task that is being enqueued is not overlooked: the deletion gives up, and then is refused', async () => {
	// With a new key the producer would hold the type itself.
	await database.query(
		`insert into orchestrator.fair_keys (fair_key, workflow_type) values ('${RETIRED}', '${RETIRED}')`,
	);
	const producer = await database.as('worker');
	await producer.query('begin');
	await producer.query(`select orchestrator.enqueue_workflow_task('${RETIRED}', '{}')`);
	expect(await deleteType(RETIRED)).toMatchObject({
		code: '55P03',
		hint: expect.stringContaining('Try again') as string,
	});
	await producer.query('commit');
	expect(await deleteType(RETIRED)).toMatchObject({ code: 'OR005' });
});

test('a task that comes while its type is being deleted waits, and is refused: it is never lost', async () => {
	const admin = await database.as('admin');
	const producer = await database.as('worker');
	await admin.query('begin');
	await admin.query(`select orchestrator.set_actor('test')`);
	for (const table of ['endpoints', 'fair_keys', 'workflow_types'])
		await admin.query(`delete from orchestrator.${table} where workflow_type = '${UNUSED}'`);
	const sent = producer.query(
		`select * from orchestrator.enqueue_tasks('[{"workflowType": "${UNUSED}", "input": {}}]')`,
	);
	const refused = expect(sent).rejects.toMatchObject({ code: 'OR003' });
	await blocked(database, 1);
	await admin.query('commit');
	await refused;
	expect(await orchestrator.queue.list()).toEqual([]);
});

test('a type that was deleted before this version comes back paused, with what it left behind', async () => {
	const execution = await startOne(orchestrator);
	await report(
		orchestrator,
		execution,
		execution.items.map((item) => succeeded(item.task_id)),
	);
	// As it was before: no trigger.
	await database.query('drop function orchestrator.keep_used_type cascade');
	await database.query(`delete from orchestrator.schema_functions where name = 'keep_used_type'`);
	await database.query('delete from orchestrator.schema_migrations where version = 10');
	expect(await deleteType(RETIRED)).toBe('deleted');
	expect(await seen()).toEqual({ tasks: 0, executions: 0 });
	expect((await database.owner().schema.migrate()).applied).toEqual([
		'0010_types_stay',
		'functions/keep_used_type',
	]);
	expect(await seen()).toEqual({ tasks: 1, executions: 1 });
	expect(
		await database.query(
			`select paused_reason from orchestrator.workflow_types where workflow_type = '${RETIRED}'`,
		),
	).toEqual([{ paused_reason: expect.stringContaining('deleted') as string }]);
});
