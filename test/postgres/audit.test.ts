import { freshDatabase, type TestDatabase } from '../support/postgres';
import { LOGINS } from '../support/test-cluster';

let database: TestDatabase;
beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => database.drop());

const log = (relation: string) =>
	database.query(
		`select login, actor, via, operation, old_row, new_row from orchestrator.audit_log where relation = $1 order by seq`,
		[relation],
	);

test('a change of the configuration by hand is refused until it names who makes it', async () => {
	const admin = await database.as('admin');
	const pause = `update orchestrator.workflow_types set max_concurrent = 2 where workflow_type = 'content_pipeline'`;
	await expect(admin.query(pause)).rejects.toMatchObject({
		code: 'OR005',
		hint: expect.stringContaining('orchestrator.set_actor'),
	});
	await admin.query('begin');
	await admin.query(`select orchestrator.set_actor('jane, ticket 12')`);
	await admin.query(pause);
	await admin.query('commit');
	expect(await log('workflow_types')).toEqual([
		{
			login: LOGINS.admin,
			actor: 'jane, ticket 12',
			via: null,
			operation: 'UPDATE',
			old_row: expect.objectContaining({ workflow_type: 'content_pipeline', max_concurrent: 3 }),
			new_row: expect.objectContaining({ workflow_type: 'content_pipeline', max_concurrent: 2 }),
		},
	]);
	// The name was for that transaction only.
	await expect(admin.query(pause)).rejects.toMatchObject({ code: 'OR005' });
});

test('a change through a function names the function and the login, whatever role the session has taken on', async () => {
	await database.orchestrator().models.set({ provider: 'openai', requestsPerMinute: 40, actor: 'cli:jane' });
	expect(await log('llm_models')).toMatchObject([
		{
			login: LOGINS.worker,
			actor: 'cli:jane',
			via: 'set_model',
			operation: 'UPDATE',
			old_row: { requests_per_minute: 50 },
			new_row: { requests_per_minute: 40 },
		},
	]);
	const worker = await database.as('worker');
	await worker.query('set role orchestrator_worker');
	await worker.query(`select orchestrator.disable_endpoint('http://127.0.0.1/none', 'gone')`);
	await worker.query(
		`select orchestrator.register_endpoint('main', 'callback', null, 'http://127.0.0.1/a', false)`,
	);
	expect(await log('endpoints')).toMatchObject([
		{ login: LOGINS.worker, via: 'register_endpoint', operation: 'INSERT' },
	]);
});

test('new settings of a type name who asked for them, each change once; a refused one leaves no trace', async () => {
	const before = (await log('workflow_types')).length;
	const { types } = database.orchestrator();
	await types.set('content_pipeline', { maxAttempts: 3, weight: 1 }, { actor: 'cli:jane' });
	await expect(types.set('content_pipeline', { maxAttempts: 0 }, { actor: 'cli:jane' })).rejects.toThrow(
		'maxAttempts must be a whole number from 1 to 100, got 0',
	);
	await types.set('seo_monitor', {}, { actor: 'cli:joe', create: true });
	const rows = (await log('workflow_types')).slice(before).filter(({ operation, old_row, new_row }) => {
		return operation === 'INSERT' || JSON.stringify(old_row) !== JSON.stringify(new_row);
	});
	expect(rows).toMatchObject([
		{
			login: LOGINS.worker,
			actor: 'configure:cli:jane',
			via: 'set_type',
			operation: 'UPDATE',
			old_row: { max_attempts: 5 },
			new_row: { max_attempts: 3 },
		},
		{ actor: 'configure:cli:joe', via: 'set_type', operation: 'INSERT', new_row: { title: 'Seo Monitor' } },
	]);
});

test('a lock that was opened by force is written down with the login; taking and giving back is not', async () => {
	const worker = await database.as('worker');
	const request = `{"lock": "crm", "instance": "i", "executionId": "1", "era": "", "session": null, "workflowId": "w", "workflowName": "w", "nodeName": "n", "parentExecutionId": null, "callers": [], "permits": 1, "leaseMs": 60000, "mode": "skip", "waitMs": 0}`;
	await worker.query('select orchestrator.mutex_acquire($1)', [request]);
	expect(await log('mutex_incidents')).toEqual([]);
	await worker.query(`select orchestrator.mutex_force_release('crm')`);
	expect(await log('mutex_incidents')).toMatchObject([
		{ login: LOGINS.worker, via: 'mutex_force_release', new_row: { kind: 'forced', lock_name: 'crm' } },
	]);
});

test('work is not audited: enqueueing makes keys and claiming takes slots without a row', async () => {
	await database.orchestrator().queue.enqueue([{ workflowType: 'content_pipeline', input: {} }]);
	expect(await database.query(`select 1 from orchestrator.fair_keys`)).toHaveLength(1);
	expect(await log('fair_keys')).toEqual([]);
	expect(await log('execution_slots')).toEqual([]);
});

test('an admin cannot change the log, nor switch its triggers off', async () => {
	const admin = await database.as('admin');
	for (const sql of [
		'delete from orchestrator.audit_log',
		`update orchestrator.audit_log set actor = 'john'`,
		'truncate orchestrator.audit_log',
		'alter table orchestrator.workflow_types disable trigger all',
		'drop trigger names_its_actor on orchestrator.workflow_types',
		`set session_replication_role = replica`,
		'select orchestrator.audit_change()',
	])
		await expect(admin.query(sql)).rejects.toMatchObject({ code: expect.stringMatching(/42501|0A000/) });
});
