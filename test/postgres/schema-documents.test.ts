import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrationFiles } from '../../core/postgres/migration-files';
import { schemaDocuments } from '../../host/schema/documents';
import { readHeader } from '../../host/schema/header';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { endedRun } from './history-scenario';
import { openType, startOne, task } from './scenario';

const ROOT = join(__dirname, '..', '..');

// Reads every catalog many times; a busy machine is no fault.
jest.setTimeout(60_000);

let database: TestDatabase;
beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => database.drop());

const documents = async () => {
	const client = await database.client();
	return schemaDocuments(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
};

test('the committed schema dump and reference are those of a migrated database, byte by byte', async () => {
	for (const [path, text] of Object.entries(await documents())) {
		if (readFileSync(join(ROOT, path), 'utf8') === text) continue;
		throw new Error(`${path} is not what the migrations make: run npm run schema:dump and commit it.`);
	}
});

test('a column, an index, a policy, a grant and a disabled trigger each change the dump', async () => {
	const before = (await documents())['docs/schema.sql'];
	const seen = new Set([before]);
	for (const change of [
		'alter table orchestrator.tasks add extra text',
		'create index on orchestrator.tasks (created_at)',
		'create policy more on orchestrator.tasks for select to orchestrator_reader using (true)',
		'grant insert on orchestrator.tasks to orchestrator_worker',
		'alter table orchestrator.tasks disable trigger log_new_tasks',
		'alter table orchestrator.tasks no force row level security',
		'grant execute on function orchestrator.claim to orchestrator_reader',
	]) {
		await database.query(change);
		seen.add((await documents())['docs/schema.sql']);
	}
	expect(seen.size).toBe(8);
});

const examples = migrationFiles().functions.map(({ name, sql }) => ({ name, header: readHeader(sql) }));

test('every function says who calls it and what it promises or answers', () => {
	const silent = examples.filter(
		({ header }) =>
			!header.parts.some(({ label }) => label === 'Caller') &&
			!header.parts.some(({ label }) => label === 'Promise'),
	);
	expect(silent.map(({ name }) => name)).toEqual([]);
});

/** All that the user's own documents call by name. */
const NAMED = [
	'orchestrate_next_execution',
	'enqueue_workflow_task',
	'update_execution_status',
	'check_resource_availability',
	'record_resource_usage',
	'get_next_priority_task',
	'get_system_health',
	'check_system_health_comprehensive',
	'get_coordinator_dashboard',
	'validate_coordinator_deployment',
	'run_coordinator_test_suite',
	'analyze_test_results',
	'benchmark_coordinator_performance',
];

test('every function that the user named has an example, or the ledger says that it is open', () => {
	const having = examples.filter(({ header }) => header.example !== null).map(({ name }) => name);
	const ledger = readFileSync(join(ROOT, 'docs', 'requirements.md'), 'utf8');
	const open = [...ledger.matchAll(/^\| `(\w+)\(.*?\)` \| open\b/gm)].map((match) => match[1]);
	expect([...having.filter((name) => NAMED.includes(name)), ...open].sort()).toEqual([...NAMED].sort());
	expect(having.length).toBeGreaterThan(20);
});

describe('each example, as it stands in docs/database.md', () => {
	let own: TestDatabase;
	beforeAll(async () => {
		own = await freshDatabase();
		const orchestrator = own.orchestrator();
		await openType(own, orchestrator);
		await endedRun(orchestrator, 1);
		await startOne(orchestrator);
		await orchestrator.queue.enqueue([task(), task()]);
		await orchestrator.runs.begin({ kind: 'manual', owner: 'test' });
	});
	afterAll(async () => own.drop());

	test.each(
		examples
			.filter(({ header }) => header.example !== null)
			.map(({ name, header }) => [name, header.example ?? '']),
	)('%s runs for an administrator: %s', async (name, example) => {
		expect(example).toContain(`orchestrator.${name}(`);
		expect(example.endsWith(';')).toBe(true);
		const admin = await own.as('admin');
		await admin.query('begin');
		const { rowCount } = await admin.query(example);
		await admin.query('rollback');
		// Only a filter of the history may leave nothing over.
		if (
			!/history\(/.test(example) &&
			!['mutex_inspect', 'cancel_tasks', 'analyze_dead_letters'].includes(name)
		)
			expect(rowCount).toBeGreaterThan(0);
	});
});
