import type { Orchestrator } from '../../core';
import { NUMBER_SETTINGS } from '../../core';
import { optionOf } from '../../generator/commands/type/settings';
import { setCommand } from '../../generator/commands/type/set';
import { openQueue, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { command } from './command';

// Commands of several round trips each, on a machine that may be busy.
jest.setTimeout(30_000);

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());

const run = (...args: string[]) => command(database.url, 'type', ...args);
const typeOf = async (name: string) =>
	(await orchestrator.types.list()).find(({ workflowType }) => workflowType === name);

test('type set changes what is given, and says every setting as it is then; show and list say the same', async () => {
	const before = await typeOf(TYPE);
	const set = await run(
		'set',
		TYPE,
		'--max-attempts',
		'3',
		'--cadence-seconds',
		'900',
		'--backoff-base-seconds',
		'0.5',
	);
	expect(set).toMatchObject({ status: 0, stderr: '' });
	expect(set.stdout).toMatch(/^content_pipeline: Content Pipeline\n/);
	expect(set.stdout).toMatch(/\n {2}max-attempts +3 {2}failures until a task is dead\n/);
	expect(await typeOf(TYPE)).toEqual({
		...before,
		maxAttempts: 3,
		cadenceSeconds: 900,
		backoffBaseSeconds: 0.5,
	});
	expect((await run('show', TYPE)).stdout).toBe(set.stdout);
	expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject([
		{ workflowType: TYPE, maxAttempts: 3 },
	]);
	expect((await run('list')).stdout).toMatch(
		/\ncontent_pipeline +Content Pipeline .* 900 +none +300 +3 +30 +-\n$/,
	);
	await run('set', TYPE, '--cadence-seconds', 'none');
	expect(await typeOf(TYPE)).toMatchObject({ cadenceSeconds: null });
});

test('there is an option for every setting', () => {
	const options = setCommand().options.map(({ long }) => long);
	expect(options).toEqual(expect.arrayContaining(NUMBER_SETTINGS.map((setting) => `--${optionOf(setting)}`)));
	expect(options).toContain('--title');
});

test('a new type is registered with --create only', async () => {
	const unknown = await run('set', 'seo_monitor', '--max-concurrent', '1');
	expect(unknown).toMatchObject({
		status: 1,
		stderr: expect.stringContaining('unknown workflow type "seo_monitor"'),
	});
	expect(unknown.stderr).toContain('type set <type> --create');
	const args = [
		'set',
		'seo_monitor',
		'--create',
		'--title',
		'SEO Monitor',
		'--max-concurrent',
		'1',
		'--json',
	];
	expect(JSON.parse((await run(...args)).stdout)).toMatchObject({ title: 'SEO Monitor', maxConcurrent: 1 });
});

test.each([
	[['set', TYPE], 'Nothing says what to change'],
	[['set', TYPE, '--max-attempts', '101'], 'a whole number from 1 to 100, got “101”'],
	[['set', TYPE, '--max-attempts', 'none'], 'a whole number from 1 to 100, got “none”'],
	[['set', TYPE, '--batch-max', '1'], 'batchSize must not be more than batchMax, got 2 and 1'],
	[['set', 'No Type', '--create'], 'workflowType must begin with a letter'],
])('%j is wrong usage, with what to do', async (args, text) => {
	const before = await orchestrator.types.list();
	const { status, stdout, stderr } = await run(...args);
	expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
	expect(stderr).toContain(text);
	expect(stderr).toMatch(/\nwhat to do: .+\n$/);
	expect(await orchestrator.types.list()).toEqual(before);
});

test('an unknown type is named with the known ones', async () => {
	expect(await run('show', 'seo')).toMatchObject({
		status: 1,
		stderr: expect.stringMatching(/unknown workflow type "seo"; known: content_pipeline/),
	});
});
