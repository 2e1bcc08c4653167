import { z } from 'zod/v4';
import { migrationFiles } from '../../core/postgres/migration-files';
import { type FunctionHeader, readHeader } from '../../host/schema/header';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { endedRun } from './history-scenario';
import { bury, openType, startOne, task } from './scenario';

// Many round trips each; a busy machine is no fault.
jest.setTimeout(60_000);

/** What docs/database.md shows to whoever calls from psql. */
const callable = migrationFiles()
	.functions.map(({ name, sql }) => ({ name, sql, header: readHeader(sql) }))
	.filter(({ header }) => header.example !== null);

const answerOf = ({ parts }: FunctionHeader) =>
	parts
		.filter(({ label }) => label === 'Answer')
		.map(({ text }) => text)
		.join(' ');
const words = (text: string) => new Set(text.match(/\w+/g));
const SIGNATURE = /create or replace function orchestrator\.\w+\((.*?)\)\s*returns ([^\n]*)/s;

test('each jsonb parameter names the keys that it takes', () => {
	const silent = callable.flatMap(({ name, sql, header }) => {
		const taken = [...(SIGNATURE.exec(sql)?.[1] ?? '').matchAll(/(p_\w+) jsonb/g)].map(([, each]) => each!);
		return taken.flatMap((parameter) => {
			const keys = header.parts.find(({ label }) => label === `Keys (${parameter})`)?.text;
			if (keys === undefined) return [`${name} has no “Keys (${parameter}):”`];
			const read = [...sql.matchAll(new RegExp(`${parameter} (?:->>?|\\?) '(\\w+)'`, 'g'))];
			return read
				.filter(([, key]) => !words(keys).has(key!))
				.map(([, key]) => `${name} does not say that ${parameter} takes ${key}`);
		});
	});
	expect(silent).toEqual([]);
});

test('each answer in jsonb names its fields, and none only points at our TypeScript', () => {
	const returning = callable.filter(({ sql }) => /^(setof )?jsonb/.test(SIGNATURE.exec(sql)?.[2] ?? ''));
	expect(returning.length).toBeGreaterThan(20);
	const silent = returning.filter(({ header }) => !/\{.+\}/.test(answerOf(header)));
	expect(silent.map(({ name }) => name)).toEqual([]);
	const pointing = callable.filter(({ header }) =>
		header.parts.some(({ label, text }) => /answer|keys/i.test(label) && /\b(of|in) core\//.test(text)),
	);
	expect(pointing.map(({ name }) => name)).toEqual([]);
});

test('each names the errors that it raises itself', () => {
	const silent = callable.flatMap(({ name, sql, header }) => {
		const body = sql.slice(sql.indexOf('\ncreate or replace'));
		const raised = [...body.matchAll(/errcode = '(OR\d{3})'/g)].map(([, code]) => code!);
		return raised.filter((code) => !header.errors.includes(code)).map((code) => `${name}: ${code}`);
	});
	expect(silent).toEqual([]);
});

describe('of a queue in which everything has happened', () => {
	let database: TestDatabase;
	beforeAll(async () => {
		database = await freshDatabase();
		const orchestrator = database.orchestrator();
		await openType(database, orchestrator);
		await bury(orchestrator);
		await endedRun(orchestrator, 1);
		await startOne(orchestrator);
		await orchestrator.queue.enqueue([task()]);
	});
	afterAll(async () => database.drop());

	/** Where the example may find nothing, a call that finds something. */
	const FULL: Record<string, string> = {
		inspect_task: 'orchestrator.inspect_task((select min(id) from orchestrator.tasks))',
		explain_task: 'orchestrator.explain_task((select max(id) from orchestrator.tasks))',
		task_timeline: 'orchestrator.task_timeline((select min(id) from orchestrator.tasks))',
		task_history: 'orchestrator.task_history()',
		execution_history: 'orchestrator.execution_history()',
		run_history: 'orchestrator.run_history()',
		list_dead_letters: 'orchestrator.list_dead_letters()',
		analyze_dead_letters: 'orchestrator.analyze_dead_letters()',
		cancel_tasks: `orchestrator.cancel_tasks('{"states": ["queued", "running"]}', '{"actor": "test"}')`,
	};

	test.each(
		callable.map(({ name, header }): [string, string] => [
			name,
			name in FULL ? `select ${FULL[name]}` : (header.example ?? ''),
		]),
	)('every field that %s answers with stands in its reference', async (name, call) => {
		const admin = await database.as('admin');
		await admin.query('begin');
		const { rows } = await admin.query<Record<string, unknown>>(call);
		await admin.query('rollback');
		const fields = new Set(
			rows.flatMap((row) =>
				Object.entries(row).flatMap(([column, value]) => (FREE.has(column) ? [] : fieldsOf(value))),
			),
		);
		const known = words(answerOf(callable.find((each) => each.name === name)!.header));
		expect([...fields].filter((field) => !known.has(field))).toEqual([]);
		if (name in FULL) expect(fields.size).toBeGreaterThan(2);
	});

	/** Whose own fields are anybody's, or stand in the reference of another function. */
	const FREE = new Set([
		'input',
		'result',
		'error',
		'context',
		'systemState',
		'workflowTypes',
		'model',
		'holder',
	]);
	const ELSEWHERE = new Set(['task', 'deadLetter', 'pause', 'typePause']);

	function fieldsOf(value: unknown): string[] {
		// What jsonb_pretty made a text of.
		const parsed: unknown = typeof value === 'string' && value.startsWith('{') ? JSON.parse(value) : value;
		if (Array.isArray(parsed)) return parsed.flatMap(fieldsOf);
		if (parsed instanceof Date) return [];
		const object = z.record(z.string(), z.unknown()).safeParse(parsed);
		if (!object.success) return [];
		return Object.entries(object.data).flatMap(([field, inner]) =>
			FREE.has(field) || ELSEWHERE.has(field) ? [field] : [field, ...fieldsOf(inner)],
		);
	}
});
