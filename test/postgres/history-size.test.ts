import { freshDatabase, type TestDatabase } from '../support/postgres';
import { fillExecutions, fillTasks } from './history-scenario';
import { openType, TYPE } from './scenario';

let database: TestDatabase;
beforeAll(async () => {
	database = await freshDatabase();
	const orchestrator = database.orchestrator();
	await openType(database, orchestrator);
	await openType(database, orchestrator, 'seo_monitor');
	await fillTasks(database, 'tasks', 1, 200_000);
	await fillTasks(database, 'archived_tasks', 200_001, 200_000);
	await fillExecutions(database, 'workflow_orchestration', 100_000);
	await fillExecutions(database, 'archived_executions', 100_000);
	for (const table of ['failures', 'archived_failures']) {
		await database.query(`insert into orchestrator.${table} (id, entity, task_id, code, message, error, system_state, recovery_action, decided_by, result, at)
			overriding system value select n, 'task', n, 'X', 'x', '{}', '{}', 'retry', 'test', '{}', now() from generate_series(1, 20000) n`);
	}
	await database.query(`select setval('orchestrator.tasks_id_seq', 1000000)`);
	await database.query(
		'analyze orchestrator.tasks, orchestrator.archived_tasks, orchestrator.workflow_orchestration, orchestrator.archived_executions, orchestrator.failures, orchestrator.archived_failures',
	);
}, 300_000);
// Before it is dropped, everything in it is looked through for secrets.
afterAll(async () => database.drop(), 120_000);

test.each([
	['task_history', `p_states => '{dead}', p_types => '{${TYPE}}'`],
	['task_history', ''],
	['task_history', `p_from => now() - interval '9 days', p_to => now() - interval '8 days'`],
	['task_history', `p_after_finished_at => now() - interval '20 days', p_after_id => 5`],
	['execution_history', `p_states => '{expired}'`],
	['run_history', `p_kinds => '{heartbeat}'`],
	['task_timeline', '150000'],
	['archive_history', 'p_limit => 50'],
	['purge_retained', ''],
	['recover_expired', ''],
	['orchestrate_next_execution', ''],
	['enqueue_workflow_task', `'${TYPE}', '{}'`],
	['check_resource_availability', ''],
	['next_due_at', ''],
	['start_run', `'manual', 'test', null, null, null, null, '{}'`],
	['find_zombies', `'an n8n'`],
	['abandon_n8n_execution', `'an n8n', '77', '{}'`],
	['fail_n8n_run', `'an n8n', '77', '{}'`],
	['get_system_health', ''],
])(
	'with 200,000 rows on either side, %s(%s) reads no table from end to end',
	async (name, args) => {
		const client = await database.client();
		await client.query('begin');
		await client.query(`select orchestrator.${name}(${args})`);
		const { rows } = await client.query<{ relname: string }>(
			`select relname from pg_stat_xact_user_tables where schemaname = 'orchestrator' and seq_scan > 0
			and relname in ('tasks', 'archived_tasks', 'state_transitions', 'archived_transitions', 'failures', 'archived_failures',
				'workflow_orchestration', 'archived_executions')`,
		);
		await client.query('rollback');
		expect(rows).toEqual([]);
	},
	120_000,
);

test('with nothing to archive, the bite that recovery takes is a look into indexes of some milliseconds', async () => {
	const client = await database.client();
	const times: number[] = [];
	for (let n = 0; n < 15; n++) {
		const startedAt = performance.now();
		await client.query(
			`select orchestrator.archive_history(200, interval '20 years'), orchestrator.purge_retained(200, interval '20 years')`,
		);
		times.push(performance.now() - startedAt);
	}
	const median = times.sort((a, b) => a - b)[7]!;
	expect(median).toBeLessThan(100);
});
