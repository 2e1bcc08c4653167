import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod/v4';
import type { Orchestrator } from '../../core';
import { enqueueCommand } from '../../generator/commands/enqueue';
import { newTask } from '../../generator/new-task';
import { emptyQueue, openQueue, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { command } from './command';

// Commands of several round trips each, on a machine that may be busy.
jest.setTimeout(30_000);

let database: TestDatabase;
let orchestrator: Orchestrator;
let directory: string;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue('seo_monitor'));
	directory = mkdtempSync(join(tmpdir(), 'enqueue-'));
});
beforeEach(async () => emptyQueue(database));
afterAll(async () => {
	rmSync(directory, { recursive: true, force: true });
	await database.drop();
});

const EXECUTION = '0190a7c2-6e1b-4f5e-9c38-7d6a1f2b3c4d';
/** Of every field of a line, its flag; the type of the task is asked for by --type. */
const FLAGS: Record<keyof Omit<z.output<typeof newTask>, 'debounce' | 'overrides'>, string> = {
	workflowType: '--type',
	input: '--input',
	priority: '--priority',
	idempotencyKey: '--idempotency-key',
	notBefore: '--not-before',
	expiresAt: '--expires',
	context: '--context',
	successors: '--successors',
	parentTaskId: '--parent-task',
	parentExecutionId: '--parent-execution',
};
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const run = (...args: string[]) => command(database.url, 'enqueue', ...args);
const rows = async () => database.query('select * from orchestrator.tasks order by id');
function file(name: string, ...lines: unknown[]): string {
	const path = join(directory, name);
	writeFileSync(
		path,
		lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
	);
	return path;
}

describe('one task', () => {
	test('has every option that was given', async () => {
		const [parent] = await orchestrator.queue.enqueue([{ workflowType: TYPE, input: {} }]);
		const successors = [{ workflowType: 'seo_monitor', when: 'ended', condition: '$.result.score > 70' }];
		const { stdout } = await run(
			...['--input', '{"topic": "Tea"}', '--priority', '8', '--idempotency-key', 'tea'],
			...['--not-before', '2100-01-01', '--expires', '2100-01-02T08:00:00+01:00'],
			...['--max-attempts', '2', '--limit-seconds', '90', '--parent-task', parent?.taskId ?? ''],
			...[
				'--backoff-base-seconds',
				'0.5',
				'--backoff-ceiling-seconds',
				'20',
				'--backoff-jitter-seconds',
				'0',
			],
			...['--delivery-retries', '1', '--context', '{"campaign": "spring"}', '--parent-execution', EXECUTION],
			...['--successors', file('next.json', successors)],
		);
		const [, made] = await rows();
		expect(stdout).toBe(`Task ${String(made?.id)} is enqueued.\n`);
		expect(made).toMatchObject({
			workflow_type: TYPE,
			state: 'scheduled',
			input: { topic: 'Tea' },
			priority: 8,
			idempotency_key: 'tea',
			not_before: new Date('2100-01-01T00:00:00Z'),
			expires_at: new Date('2100-01-02T07:00:00Z'),
			overrides: {
				maxAttempts: 2,
				limitSeconds: 90,
				backoffBaseSeconds: 0.5,
				backoffCeilingSeconds: 20,
				backoffJitterSeconds: 0,
				deliveryRetries: 1,
			},
			context: { campaign: 'spring' },
			parent_task_id: parent?.taskId,
			parent_execution_id: EXECUTION,
			successors,
		});
		const again = await run('--input', '{}', '--idempotency-key', 'tea', '--json');
		expect(JSON.parse(again.stdout)).toEqual([
			{ taskId: made?.id, idempotencyKey: 'tea', created: false, existingState: 'scheduled' },
		]);
	});

	test('can be given everything that a line of a file can', () => {
		const flags = enqueueCommand().options.map(({ long }) => long);
		const { debounce, overrides, ...fields } = newTask.shape;
		for (const field of Object.keys(fields)) expect(flags).toContain(FLAGS[field as keyof typeof fields]);
		for (const field of Object.keys(overrides.unwrap().shape)) expect(flags).toContain(`--${kebab(field)}`);
		for (const field of Object.keys(debounce.unwrap().shape))
			expect(flags).toContain(`--debounce-${kebab(field)}`);
	});

	test('is debounced as long as it says, with the input that it says', async () => {
		const args = ['--debounce-key', 'crm', '--debounce-seconds', '60', '--debounce-max-seconds', '90'];
		await run('--input', '{"n": 1}', ...args, '--debounce-keep', 'first');
		await run('--input', '{"n": 2}', ...args, '--debounce-keep', 'first');
		const [made] = await database.query(
			`select input, coalesced, extract(epoch from debounce_until - created_at) as longest from orchestrator.tasks`,
		);
		expect(made).toMatchObject({ input: { n: 1 }, coalesced: 1 });
		expect(Math.abs(Number(made?.longest) - 90)).toBeLessThan(5);
	});

	test('is folded into the debounced one that waits', async () => {
		const args = ['--debounce-key', 'crm', '--debounce-seconds', '60'];
		await run('--input', '{"n": 1}', ...args);
		expect((await run('--input', '{"n": 2}', ...args)).stdout).toMatch(
			/^Task \d+ was there already \(scheduled\), and stands/,
		);
		expect(await rows()).toMatchObject([{ input: { n: 2 }, coalesced: 1 }]);
	});

	test.each([
		[['--input', '[1]'], '--input cannot be a task'],
		[['--input', '{"a"'], '--input is not JSON'],
		[['--input', '{}', '--file', '-'], 'More than one source'],
		[['--input', '{}', '--debounce-key', 'x'], 'go together'],
		[['--input', '{}', '--debounce-keep', 'first'], 'go together'],
		[['--input', '{}', '--context', '[1]'], '--context is no JSON object'],
		[['--input', '{}', '--parent-execution', '17'], 'the id of an execution, a UUID, got “17”'],
		[['--input', '{}', '--backoff-base-seconds', '-1'], 'a number from 0 to 86400, got “-1”'],
		[['--input', '{}', '--not-before', 'tomorrow'], 'Expected a time such as'],
		[['--input', '{}', '--max-attempts', '0'], 'a whole number from 1 to 100'],
		[['--input', '{}', '--successors', 'nowhere.json'], 'Cannot read nowhere.json'],
		[['--input', '{}', '--expires', '2020-01-01'], 'expiresAt must lie after the earliest start'],
		[['topics.csv', '--priority', '3'], '--priority was given with a CSV file'],
		[['--file', 'x.jsonl', '--idempotency-key', 'x'], 'were given for many tasks'],
		[['--input', '{}', '--idempotency-key', ''], 'the idempotency key is empty'],
		[[], 'Nothing says what to enqueue'],
	])('%j is wrong usage, with what to do', async (args, text) => {
		const { status, stdout, stderr } = await run(...args);
		expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
		expect(stderr).toContain(text);
		expect(stderr).toMatch(/\nwhat to do: .+\n$/);
		expect(await rows()).toEqual([]);
	});

	test('a misspelt field of a successor is refused', async () => {
		const path = file('next.json', [{ workflowType: 'seo_monitor', wen: 'ended' }]);
		const { status, stderr } = await run('--input', '{}', '--successors', path);
		expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('"wen"') });
	});
});

describe('a file with a task a line', () => {
	test('goes in whole, in its order; options say what a line leaves out', async () => {
		const path = file(
			'tasks.jsonl',
			{ input: { n: 1 } },
			'',
			{ input: { n: 2 }, workflowType: 'seo_monitor', priority: 9, overrides: { limitSeconds: 30 } },
			{ input: { n: 3 }, notBefore: '2100-01-01T00:00:00Z', context: { campaign: 'spring' } },
		);
		expect((await run('--file', path, '--priority', '4', '--max-attempts', '2')).stdout).toBe(
			'3 tasks enqueued.\n',
		);
		expect(await rows()).toMatchObject([
			{ workflow_type: TYPE, input: { n: 1 }, priority: 4, overrides: { maxAttempts: 2 } },
			{ workflow_type: 'seo_monitor', priority: 9, overrides: { maxAttempts: 2, limitSeconds: 30 } },
			{ state: 'scheduled', input: { n: 3 }, priority: 4, context: { campaign: 'spring' } },
		]);
	});

	test('with bad lines goes in not at all, and each is named, whoever found its fault', async () => {
		const path = file(
			'bad.jsonl',
			{ input: { n: 1 } },
			'{"input": ',
			{ input: { n: 2 }, workflowType: 'unknown_type' },
			{ input: { n: 3 }, priority: 11 },
			{ input: { n: 4 }, notbefore: '2100-01-01' },
			{ input: { n: 5 }, notBefore: 'tomorrow' },
			{ input: { n: 6 }, successors: [{ workflowType: 'seo_monitor', condition: '$.result >' }] },
			{ input: { text: 'x'.repeat(256 * 1024) } },
			'{"input": {"text": "\\u0000"}}',
			'{"n": 7}',
		);
		const { status, stdout, stderr } = await run('--file', path);
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect(stderr).toContain(`error[MO_BAD_ROWS]: 9 lines of ${path} are no tasks:\n`);
		const named = [...stderr.matchAll(/^ {2}line (\d+): (.+)$/gm)].map(
			([, line, fault]) => `${line} ${fault}`,
		);
		expect(named).toEqual([
			expect.stringMatching(/^2 it is not JSON/),
			expect.stringMatching(/^3 unknown workflow type "unknown_type"; known: /),
			expect.stringMatching(/^4 priority: /),
			expect.stringMatching(/^5 .*"notbefore"/),
			expect.stringMatching(/^6 notBefore: expected a time such as .+, got "tomorrow"/),
			expect.stringMatching(/^7 successor 1: .*jsonpath/),
			expect.stringMatching(/^8 the input has \d+ bytes, at most 262144 are allowed/),
			expect.stringMatching(/^9 it has the character/),
			expect.stringMatching(/^10 input: /),
		]);
		expect(stderr).toContain('nothing was enqueued.');
		expect(await rows()).toEqual([]);
	});

	test('of more than one call: a fault in the last line keeps the first call out too', async () => {
		const lines = Array.from({ length: 10_001 }, (_, n) => ({ input: { n }, idempotencyKey: `key ${n}` }));
		const good = file('many.jsonl', ...lines);
		const bad = file('many-bad.jsonl', ...lines, { input: {}, workflowType: 'unknown_type' });
		expect((await run('--file', bad)).stderr).toContain('\n  line 10002: unknown workflow type');
		expect(await rows()).toEqual([]);
		expect((await run('--file', good)).stdout).toBe('10001 tasks enqueued.\n');
		expect((await run('--file', good)).stdout).toBe('0 tasks enqueued, 10001 were there already (queued).\n');
		expect(await database.query('select count(*)::integer as n from orchestrator.tasks')).toEqual([
			{ n: 10_001 },
		]);
	}, 60_000);
});

test('options reach the rows of a CSV file', async () => {
	const path = file('topics.csv', 'topic,language,category,priority,target_keyword', 'Tea,en,drinks,7,tea');
	expect((await run(path, '--not-before', '2100-01-01', '--limit-seconds', '60')).stdout).toBe(
		'1 tasks of content_pipeline enqueued.\n',
	);
	expect(await rows()).toMatchObject([{ priority: 7, state: 'scheduled', overrides: { limitSeconds: 60 } }]);
});
