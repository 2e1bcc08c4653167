import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForeignWorkflow } from '../../generator/wrap';
import { HOOK, ROOT } from './sources';
import { nodeOf, scheduled, workflowFrom } from './wrap-fixtures';

let directory: string;
const at = (...path: string[]) => join(directory, ...path);

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'wrap-'));
});
afterEach(() => {
	rmSync(directory, { recursive: true, force: true });
});

function run(...args: string[]) {
	const command = ['-r', HOOK, join(ROOT, 'generator', 'cli.ts'), ...args];
	const { status, stdout, stderr } = spawnSync(process.execPath, command, {
		encoding: 'utf8',
		cwd: directory,
	});
	return { status, stdout, stderr };
}

function put(name: string, workflow: unknown): string {
	writeFileSync(at(name), typeof workflow === 'string' ? workflow : `${JSON.stringify(workflow, null, 2)}\n`);
	return name;
}

const broken = (): ForeignWorkflow =>
	workflowFrom([nodeOf('Cron', 'cron'), nodeOf('A', 'set'), nodeOf('A', 'set')], ['Cron>A']);

test('wrap, wrap again, unwrap: twice equals once, and unwrapping gives the same bytes', () => {
	put('sales.json', scheduled());
	put('idle.json', { ...scheduled(), connections: {} });
	const first = run('wrap', 'sales.json', 'idle.json', '--lock', 'crm', '--out', 'one');
	expect(first).toMatchObject({ status: 0, stderr: '' });
	expect(first.stdout).toContain('sales.json: “Sales” is locked by “crm”');
	expect(first.stdout).toContain('schedule “Every Hour”: locked; while busy: skip this run');
	expect(first.stdout).toContain('idle.json: “Sales” has nothing to wrap');
	expect(run('wrap', 'one/sales.json', '--out', 'two').stdout).toContain('was locked already by “crm”');
	expect(readFileSync(at('two', 'sales.json'), 'utf8')).toBe(readFileSync(at('one', 'sales.json'), 'utf8'));
	expect(run('unwrap', 'two/sales.json', '--out', 'three')).toMatchObject({ status: 0 });
	for (const [made, given] of [
		[at('three', 'sales.json'), at('sales.json')],
		[at('one', 'idle.json'), at('idle.json')],
	]) {
		expect(readFileSync(made!, 'utf8')).toBe(readFileSync(given!, 'utf8'));
	}
});

test('one refused file: exit 1, the reason, and nothing is written, unless the others are wanted', () => {
	put('good.json', scheduled());
	put('bad.json', broken());
	const { status, stdout, stderr } = run('wrap', 'good.json', 'bad.json', '--out', 'out');
	expect(status).toBe(1);
	expect(stdout).toContain('bad.json: refused[WRAP_DUPLICATE_NAME] at “A”');
	expect(stderr).toMatch(/^error\[MO_REFUSED_FILES\]: 1 of 2/);
	expect(existsSync(at('out'))).toBe(false);
	expect(run('wrap', 'good.json', 'bad.json', '--skip-refused', '--out', 'out').status).toBe(1);
	expect(readdirSync(at('out'))).toEqual(['good.json']);
});

test('files that call each other in a circle need one lock', () => {
	const calling = (name: string, called: string) =>
		workflowFrom(
			[
				nodeOf('Cron', 'cron'),
				nodeOf('Call', 'executeWorkflow', { parameters: { workflowId: { __rl: true, value: called } } }),
			],
			['Cron>Call'],
			{ name, id: `id-${name}` },
		);
	put('a.json', calling('A', 'id-B'));
	put('b.json', calling('B', 'id-C'));
	put('c.json', calling('C', 'id-A'));
	const files = ['a.json', 'b.json', 'c.json'];
	expect(run('wrap', ...files, '--out', 'out')).toMatchObject({ status: 1 });
	expect(run('wrap', ...files, '--out', 'out').stdout).toContain('refused[WRAP_LOCK_CYCLE] at “Call”');
	expect(run('wrap', ...files, '--lock', 'all', '--out', 'out')).toMatchObject({ status: 0 });
	put('a.json', calling('A', 'id-A'));
	expect(run('wrap', 'a.json', '--out', 'self')).toMatchObject({ status: 0 });
});

const misuses: Array<[string, string[], string]> = [
	['no folder', ['wrap', 'sales.json'], '--out'],
	['a file that does not exist', ['wrap', 'nowhere.json', '--out', 'out'], 'Cannot read nowhere.json'],
	[
		'a policy that does not exist',
		['wrap', 'sales.json', '--on-busy', 'maybe', '--out', 'out'],
		'skip, wait or fail',
	],
	[
		'a kind that does not exist',
		['wrap', 'sales.json', '--on-busy', 'tick=wait', '--out', 'out'],
		'skip, wait or fail',
	],
	[
		'a wait longer than the node allows',
		['wrap', 'sales.json', '--max-wait', '601', '--out', 'out'],
		'from 0 to 600, got “601”',
	],
	['its own folder', ['wrap', 'sales.json', '--out', '.'], 'would overwrite sales.json'],
	['two files of one name', ['wrap', 'sales.json', './sales.json', '--out', 'out'], 'Two files are called'],
];
test.each(misuses)('%s is wrong usage, and nothing is written', (_, args, text) => {
	put('sales.json', scheduled());
	const { status, stderr } = run(...args);
	expect(status).toBe(2);
	expect(stderr).toContain(text);
	expect(readdirSync(directory)).toEqual(['sales.json']);
});

test('--max-wait bounds every lock that waits, and is in the report; one that skips has no bound', () => {
	const nodes = [nodeOf('Cron', 'cron'), nodeOf('Hook', 'webhook'), nodeOf('A', 'set'), nodeOf('B', 'slack')];
	put('sales.json', workflowFrom(nodes, ['Cron>A', 'Hook>A', 'A>B']));
	const { stdout, status } = run('wrap', 'sales.json', '--max-wait', '300', '--guard', '--out', 'out');
	expect(status).toBe(0);
	expect(stdout).toContain('webhook “Hook”: locked; while busy: wait up to 300 s, then fail visibly');
	expect(stdout).toContain('schedule “Cron”: locked; while busy: skip this run');
	const wrapped = JSON.parse(readFileSync(at('out', 'sales.json'), 'utf8')) as ForeignWorkflow;
	const locks = wrapped.nodes.filter(({ type }) => type.endsWith('.workflowMutex'));
	const bounded = { ifAnotherWaits: 'fail', maxWaitSeconds: 300 };
	expect(locks.map(({ parameters }) => [parameters?.operation, parameters?.options])).toEqual([
		['acquire', {}],
		['acquire', bounded],
		['ensure', bounded],
	]);
});

test('a lock that stands is not changed: wrap says what stands, what was asked for and the way, and the way leads there', () => {
	put('sales.json', scheduled());
	run('wrap', 'sales.json', '--out', 'one');
	const asked = ['--on-busy', 'schedule=wait', '--max-wait', '300'];
	const { status, stdout } = run('wrap', 'one/sales.json', ...asked, '--out', 'two');
	expect(status).toBe(1);
	expect(stdout).toContain(
		'sales.json: refused[WRAP_OTHER_BUSY] at “Lock”: It stands behind “Every Hour” already, with “skip” while busy; “wait” was asked for',
	);
	expect(stdout).toContain('what to do: Unwrap the workflow first, then wrap it');
	expect(existsSync(at('two'))).toBe(false);
	expect(run('unwrap', 'one/sales.json', '--out', 'plain')).toMatchObject({ status: 0 });
	expect(run('wrap', 'plain/sales.json', ...asked, '--out', 'two')).toMatchObject({ status: 0 });
	expect(run('wrap', 'two/sales.json', ...asked, '--out', 'three').stdout).toContain(
		'1 left as they are, 0 refused',
	);
	const longer = run('wrap', 'two/sales.json', '--max-wait', '600', '--out', 'four');
	expect(longer.stdout).toContain(
		'refused[WRAP_OTHER_WAIT] at “Lock”: It stands already and waits up to 300 s; 600 s were asked for',
	);
});

test('names of a hostile file write no control characters to the terminal', () => {
	put('evil.json', { ...scheduled(), name: '\u001b[2J\u202eevil' });
	const { stdout, status } = run('wrap', 'evil.json', '--lock', 'x', '--out', 'out');
	expect(status).toBe(0);
	expect(stdout).not.toMatch(/[\u001b\u202e]/);
});

describe('check', () => {
	const sick = () => {
		const workflow = workflowFrom(
			[
				nodeOf('Cron', 'cron', { id: 'same' }),
				nodeOf('A', 'set', { id: 'same', parameters: { a: "={{ $('Ghost').item.json.x }}" } }),
				nodeOf('Lost', 'set', { parameters: { key: `sk-${'a1'.repeat(12)}` } }),
			],
			['Cron>A', 'A>Nowhere'],
		);
		return workflow;
	};

	test('names every finding by a stable code, as text and as JSON, and answers 1', () => {
		put('sick.json', sick());
		put('well.json', scheduled());
		const text = run('check', 'sick.json', 'well.json');
		expect(text.status).toBe(1);
		expect(text.stdout).toContain('sick.json: GEN_CONNECTION: “A” leads to “Nowhere”, which does not exist.');
		const json = run('check', 'sick.json', 'well.json', '--json');
		expect(json.status).toBe(1);
		const { workflows } = JSON.parse(json.stdout) as {
			workflows: Array<{ findings: Array<{ code: string }> }>;
		};
		expect(workflows.map(({ findings }) => findings.map(({ code }) => code))).toEqual([
			['GEN_UNIQUE_ID', 'GEN_CONNECTION', 'GEN_REACHABLE', 'GEN_EXPRESSION', 'GEN_SECRET'],
			[],
		]);
	});

	test('a sound workflow of any style, wrapped or not, has no finding', () => {
		put('well.json', scheduled());
		expect(run('wrap', 'well.json', '--out', 'out').status).toBe(0);
		expect(run('check', 'well.json')).toMatchObject({ status: 0, stderr: '' });
		expect(run('check', 'out/well.json')).toMatchObject({ status: 0, stderr: '' });
	});

	test('a file that is no workflow is a finding', () => {
		put('none.json', '{"nodes":');
		expect(run('check', 'none.json')).toMatchObject({ status: 1 });
		expect(run('check', 'none.json').stdout).toContain('none.json: WRAP_NOT_JSON');
	});
});
