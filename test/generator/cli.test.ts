import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOOK, ROOT } from './sources';

const DEAD_DATABASE = 'postgres://me:hunter2@127.0.0.1:1/none';

let directory: string;

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => {
	rmSync(directory, { recursive: true, force: true });
});

function run(args: string[], env: Record<string, string> = {}) {
	const { DATABASE_URL: _database, ORCHESTRATOR_SIGNING_SECRET: _secret, ...inherited } = process.env;
	const command = ['-r', HOOK, join(ROOT, 'generator', 'cli.ts'), ...args];
	const { status, stdout, stderr } = spawnSync(process.execPath, command, {
		encoding: 'utf8',
		env: { ...inherited, ...env },
	});
	return { status, stdout, stderr };
}

test.each([
	[['generate']],
	[['migrate']],
	[['enqueue']],
	[['tasks']],
	[['task']],
	[['history']],
	[['archive']],
	[['doctor']],
	[['send-test']],
	[['model']],
	[['model', 'set']],
	[['model', 'list']],
	[['wrap']],
	[['unwrap']],
	[['check']],
	[['recover']],
	[['queue']],
	[['queue', 'peek']],
	[['queue', 'keys']],
	[['queue', 'explain']],
	[['queue', 'why-idle']],
	[['queue', 'pause']],
	[['queue', 'resume']],
	[['queue', 'weight']],
	[['queue', 'cancel']],
	[['type']],
	[['type', 'list']],
	[['type', 'show']],
	[['type', 'set']],
	[['dead-letters']],
	[['dead-letters', 'list']],
	[['dead-letters', 'analyze']],
	[['dead-letters', 'inspect']],
	[['dead-letters', 'redrive']],
	[['dead-letters', 'discard']],
	[[]],
])('%j --help shows examples and succeeds', (command) => {
	const { status, stdout, stderr } = run([...command, '--help']);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	expect(stdout).toMatch(/Examples?:\n {2}\$ /);
});

test('generate writes the files, --check agrees, and after a change lists what differs', () => {
	const args = ['generate', '--phase', '2', '--out', directory];
	expect(run(args)).toMatchObject({ status: 0 });
	expect(readdirSync(directory).sort()).toEqual([
		'content-pipeline.json',
		'error-handler.json',
		'master-orchestrator.json',
		'setup.json',
	]);
	expect(run([...args, '--check'])).toMatchObject({ status: 0 });
	writeFileSync(join(directory, 'setup.json'), '{}\n');
	const { status, stderr } = run([...args, '--check']);
	expect(status).toBe(1);
	expect(stderr).toContain(`${join(directory, 'setup.json')} differs`);
	expect(stderr).not.toContain('content-pipeline.json');
});

test('generate --all writes every kind into its folder, and --check names what differs in any of them', () => {
	const args = ['generate', '--all', '--out', directory];
	const { status, stdout } = run(args);
	expect(status).toBe(0);
	const some = [
		'workflows/phase-2/setup.json',
		'workflows/legacy/seo-monitor-cron.json',
		'docs/recipes/mutex.json',
	];
	expect(stdout.split('\n')).toEqual(expect.arrayContaining(some));
	expect(run([...args, '--check'])).toMatchObject({ status: 0 });
	for (const name of some) writeFileSync(join(directory, name), '{}\n');
	const { status: refused, stderr } = run([...args, '--check']);
	expect(refused).toBe(1);
	for (const name of some) expect(stderr).toContain(`${join(directory, name)} differs`);
	expect(stderr).toContain('3 file(s)');
});

test.each<[string, string[], number, string]>([
	['an unknown command', ['genrate'], 2, "unknown command 'genrate'"],
	['an unknown option', ['tasks', '--yaml'], 2, "unknown option '--yaml'"],
	['a missing option', ['generate', '--phase', '2'], 2, '--out'],
	['nothing to generate', ['generate', '--out', 'x'], 2, 'Nothing says what to generate'],
	['all and the recipes', ['generate', '--recipes', '--all', '--out', 'x'], 2, 'cannot be used with'],
	['all and a phase', ['generate', '--all', '--phase', '2', '--out', 'x'], 2, 'cannot be used with'],
	[
		'a phase and the samples',
		['generate', '--phase', '2', '--samples', '--out', 'x'],
		2,
		'cannot be used with',
	],
	['a phase that does not exist', ['generate', '--phase', '9', '--out', 'x'], 2, 'phases that exist: 2'],
	['a phase that is no number', ['generate', '--phase', 'two', '--out', 'x'], 2, 'must be a number'],
	['no database', ['tasks'], 2, 'Set DATABASE_URL'],
	[
		'an address of something else',
		['tasks', '--database-url', 'mysql://me:hunter2@h/d'],
		2,
		'not a postgres:// address',
	],
	['a CSV that does not exist', ['enqueue', 'nowhere.csv'], 2, 'Cannot read nowhere.csv'],
	['a sample to nobody', ['send-test'], 2, '--callback'],
	['both kinds of sample', ['send-test', '--callback', '--type', 't'], 2, 'cannot be used with'],
	[
		'a sample without a secret',
		['send-test', '--callback', '--database-url', DEAD_DATABASE],
		1,
		'error[MO_SIGNING_SECRET]',
	],
	[
		'nothing to change',
		['model', 'set', 'openai', '--database-url', DEAD_DATABASE],
		2,
		'Nothing says what to change',
	],
	['an unknown provider', ['model', 'set', 'acme', '--disable'], 2, 'openai, gemini'],
	[
		'an address with a password',
		['model', 'set', 'openai', '--base-url', 'https://a:b@h'],
		2,
		'without a password',
	],
	[
		'a database that does not answer',
		['tasks', '--database-url', DEAD_DATABASE],
		1,
		'error[MO_DATABASE_UNREACHABLE]',
	],
])('%s is one error with what to do, without a stack', (_, args, code, text) => {
	const { status, stdout, stderr } = run(args);
	expect({ status, stdout }).toEqual({ status: code, stdout: '' });
	expect(stderr).toContain(text);
	expect(stderr).toMatch(/^error\[MO_[A-Z_]+\]: .+\nwhat to do: .+\n$/s);
	expect(stderr).not.toMatch(/\n\s+at /);
	expect(stderr).not.toContain('hunter2');
});

test('--verbose adds where it arose, and still no password', () => {
	const { stderr } = run(['tasks', '--verbose'], { DATABASE_URL: DEAD_DATABASE });
	expect(stderr).toMatch(/\n\s+at /);
	expect(stderr).not.toContain('hunter2');
});

test('a header without a column is wrong usage, before any database is asked', () => {
	const file = join(directory, 'topics.csv');
	writeFileSync(file, 'topic,language\nTea,en\n');
	const { status, stderr } = run(['enqueue', file, '--database-url', DEAD_DATABASE]);
	expect(status).toBe(2);
	expect(stderr).toContain('no column category, priority, target_keyword');
});

test('a file of bad rows only enqueues nothing and names each row and column', () => {
	const file = join(directory, 'topics.csv');
	writeFileSync(file, 'topic,language,category,priority,target_keyword\nTea,en,drinks,99,tea\n');
	const { status, stdout, stderr } = run(['enqueue', file]);
	expect({ status, stdout }).toEqual({ status: 1, stdout: '0 tasks of content_pipeline enqueued.\n' });
	expect(stderr).toContain('row 2, column priority: "99", expected a whole number from 1 to 10');
});
