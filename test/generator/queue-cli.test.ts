import { userInfo } from 'node:os';
import type { Orchestrator } from '../../core';
import { claimOne, emptyQueue, onlyTask, openQueue, startOne, task, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { cancelChosen } from '../../generator/commands/queue/cancel';
import { command } from './command';

const NEWS = `${TYPE}:news`;
const news = (topic: string) => task({ input: { topic, content_type: 'news' } });

// Commands of several round trips each, on a machine that may be busy.
jest.setTimeout(30_000);

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
beforeEach(async () => {
	await emptyQueue(database);
	await database.query('update orchestrator.fair_keys set paused_at = null, paused_by = null, weight = 1');
	await database.query('update orchestrator.workflow_types set paused_at = null, paused_by = null');
});
afterAll(async () => database.drop());

const run = (...args: string[]) => command(database.url, ...args);
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, '--json')).stdout);
const states = async () => (await orchestrator.queue.list()).map(({ taskId, state }) => `${taskId} ${state}`);
const enqueue = async (...tasks: ReturnType<typeof task>[]) =>
	(await orchestrator.queue.enqueue(tasks)).map(({ taskId }) => taskId);

describe('tasks', () => {
	test('are filtered by state, type, key and parent, and go on behind the last number', async () => {
		const [first = '', second = '', third = ''] = await enqueue(task(), news('a'), news('b'));
		const [child = ''] = await enqueue(task({ parentTaskId: first, notBefore: new Date('2100-01-01') }));
		const numbers = async (...args: string[]) =>
			((await json('tasks', ...args)) as Array<{ taskId: string }>).map(({ taskId }) => taskId);
		expect(await numbers('--key', NEWS)).toEqual([second, third]);
		expect(await numbers('--state', 'scheduled', '--state', 'dead')).toEqual([child]);
		expect(await numbers('--parent-task', first)).toEqual([child]);
		expect(await numbers('--after', second)).toEqual([third, child]);
		expect(await numbers('--type', 'seo_monitor')).toEqual([]);
	});

	test('a parent execution that is no UUID is wrong usage, with its value', async () => {
		expect(await run('tasks', '--parent-execution', 'abc')).toMatchObject({
			status: 2,
			stdout: '',
			stderr: expect.stringContaining('Expected the id of an execution, a UUID, got “abc”'),
		});
	});

	test('say when there may be more, and how to go on', async () => {
		const [first = ''] = await enqueue(task(), task());
		const { stdout, stderr } = await run('tasks', '--limit', '1');
		expect(stdout.split('\n')).toHaveLength(4);
		expect(stderr).toBe(`There may be more: add --after ${first}\n`);
		expect((await run('tasks', '--limit', '3')).stderr).toBe('');
		expect((await run('tasks', '--state', 'dead')).stdout).toBe('No task matches.\n');
	});
});

describe('queue peek and keys', () => {
	test('show the order of the claim, and the keys with depth, weight and pauses', async () => {
		const [low = '', high = ''] = await enqueue(
			task({ priority: 2 }),
			task({ priority: 9, input: { topic: 'urgent', content_type: 'news' } }),
		);
		const { stdout } = await run('queue', 'peek');
		expect(stdout).toMatch(/^ *task +score +topic/);
		expect(stdout).toMatch(new RegExp(`\\n +${high} +90\\.\\d +urgent .*\\n +${low} +20\\.\\d +tea `));
		expect(await states()).toEqual([`${low} queued`, `${high} queued`]);
		await run('queue', 'pause', '--key', NEWS, '--reason', 'too many');
		expect((await run('queue', 'keys', '--paused')).stdout).toMatch(
			new RegExp(`${NEWS} +${TYPE} +1 +1 +\\S+Z +0 +key paused by cli:\\S+ since \\S+Z \\(too many\\)\\n$`),
		);
		expect(await json('queue', 'keys', '--no-paused')).toMatchObject([{ fairKey: TYPE, queued: 1 }]);
	});
});

describe('queue explain and why-idle', () => {
	test('name the gate, who closed it, and the earliest start', async () => {
		const [id = ''] = await enqueue(task());
		expect((await run('queue', 'explain', id)).stdout).toContain(
			`Task ${id} (queued) is taken next. Nothing holds it: the next claim takes it.\n  tasks ahead of it: 0\n`,
		);
		await run('queue', 'pause', '--type', TYPE, '--reason', 'the provider is down');
		const { stdout } = await run('queue', 'explain', id);
		expect(stdout).toMatch(
			/is held\. Type content_pipeline is paused by cli:\S+ since \S+ \(the provider is down\)/,
		);
		expect(stdout).toContain('\n  earliest start: unknown: Type content_pipeline is paused');
		expect((await run('queue', 'why-idle')).stdout).toMatch(
			/(^|\n)content_pipeline: paused: Type content_pipeline is paused by cli:\S+ since .* \(the provider is down\)\.\n/,
		);
		expect(await json('queue', 'why-idle')).toEqual(
			expect.arrayContaining([expect.objectContaining({ workflowType: TYPE, reason: 'paused' })]),
		);
	});

	test('beside an unknown start say how long it waits at least, and none behind its deadline for waiting', async () => {
		const notBefore = new Date('2100-01-01T10:00:00Z');
		const [id = ''] = await enqueue(task({ notBefore, expiresAt: new Date('2100-01-01T11:00:00Z') }));
		await run('queue', 'pause', '--type', TYPE, '--reason', 'the provider is down');
		expect((await run('queue', 'explain', id)).stdout).toMatch(
			/\n {2}earliest start: unknown, not before 2100-01-01T10:00:00.000Z: Type content_pipeline is paused .*\n {2}waits until at most: 2100-01-01T11:00:00.000Z\n$/,
		);
		await database.query(`update orchestrator.tasks set expires_at = '2100-01-01 09:00Z'`);
		expect((await run('queue', 'explain', id)).stdout).toContain(
			'\n  earliest start: none: It cannot start before 2100-01-01T10:00:00.000Z, and waits until 2100-01-01T09:00:00.000Z at most',
		);
	});

	test('say that every slot is taken', async () => {
		await database.query('update orchestrator.workflow_types set max_concurrent = 10');
		for (let slot = 0; slot < 3; slot++) await claimOne(orchestrator);
		await enqueue(task());
		expect((await run('queue', 'why-idle')).stdout).toContain(
			'content_pipeline: global_concurrency: All 3 execution slots are taken',
		);
	});

	test('warn from 500 queued tasks on, beside the answer and not in it', async () => {
		await orchestrator.queue.enqueue(Array.from({ length: 499 }, () => task()));
		expect((await run('queue', 'why-idle')).stderr).toBe('');
		await enqueue(task());
		const { stdout, stderr } = await run('queue', 'why-idle', '--json');
		expect(JSON.parse(stdout)).toEqual(
			expect.arrayContaining([expect.objectContaining({ workflowType: TYPE, reason: 'claimable' })]),
		);
		expect(stderr).toMatch(/^Warning: 500 tasks are queued, expected fewer than 500\. .+\n$/);
	});

	test('an unknown task is wrong usage with what to do', async () => {
		expect(await run('queue', 'explain', '999')).toEqual({
			status: 2,
			stdout: '',
			stderr: expect.stringMatching(/^error\[MO_INVALID_INPUT\]: There is no task 999\.\nwhat to do: .+\n$/),
		});
		expect(await run('queue', 'explain', 'tea')).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('Expected the number of a task, got “tea”'),
		});
	});
});

describe('queue pause, resume and weight', () => {
	test('hold and release a type or a key, under the name of the user of this machine', async () => {
		const actor = `cli:${userInfo().username}`;
		await enqueue(task());
		const { stdout } = await run('queue', 'pause', '--type', TYPE, '--reason', 'down');
		expect(stdout).toMatch(/^Type content_pipeline is paused by \S+ since \S+Z \(down\)\.\n$/);
		expect(await json('queue', 'pause', '--type', TYPE, '--reason', 'again')).toMatchObject({
			changed: false,
			pause: { by: actor, reason: 'down' },
		});
		expect((await run('queue', 'resume', '--type', TYPE)).stdout).toBe('Type content_pipeline goes on.\n');
		expect((await run('queue', 'resume', '--type', TYPE)).stdout).toBe(
			'Type content_pipeline was not paused.\n',
		);
	});

	test('a weight is set within its bounds', async () => {
		await enqueue(news('a'));
		expect((await run('queue', 'weight', '3', '--key', NEWS)).stdout).toBe(
			`Fair key ${NEWS} has weight 3; fair keys changed: 1.\n`,
		);
		expect(await orchestrator.queue.keys()).toContainEqual(
			expect.objectContaining({ fairKey: NEWS, weight: 3 }),
		);
		expect(await run('queue', 'weight', '0', '--key', NEWS)).toMatchObject({ status: 2, stdout: '' });
	});

	test.each([
		[['pause', '--reason', 'x'], 'Neither --type nor --key was given'],
		[['resume', '--type', TYPE, '--key', NEWS], 'Both --type and --key were given'],
		[['pause', '--type', TYPE], '--reason'],
		[['pause', '--key', 'nobody', '--reason', 'x'], 'there is no fair key "nobody"'],
	])('%j is refused with what to do', async (args, text) => {
		const { status, stdout, stderr } = await run('queue', ...args);
		expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
		expect(stderr).toContain(text);
		expect(stderr).toMatch(/\nwhat to do: .+\n$/);
	});
});

describe('queue cancel', () => {
	test('ends the tasks that are named, and says what still works in n8n', async () => {
		const running = onlyTask(await startOne(orchestrator));
		const [queued = '', left = ''] = await enqueue(task(), task());
		const { status, stdout } = await run('queue', 'cancel', running, queued, '--reason', 'wrong input');
		expect(status).toBe(0);
		expect(stdout).toContain('\n2 cancelled.\nn8n still works on execution 77, in vain');
		expect(await states()).toEqual([`${running} cancelled`, `${queued} cancelled`, `${left} queued`]);
		const { transitions } = (await orchestrator.queue.inspect(queued)) ?? { transitions: [] };
		expect(transitions.at(-1)).toMatchObject({
			actor: `cancel:cli:${userInfo().username}`,
			context: { reason: 'wrong input' },
		});
	});

	test('an unknown number is exit 1 and does not spoil the others; one that had ended is none', async () => {
		const [id = ''] = await enqueue(task());
		const { status, stdout } = await run('queue', 'cancel', id, '999999', '--reason', 'x');
		expect({ status, stdout }).toEqual({
			status: 1,
			stdout: expect.stringContaining('1 cancelled, 1 unknown.'),
		});
		expect(await run('queue', 'cancel', id, '--reason', 'x')).toMatchObject({
			status: 0,
			stdout: expect.stringContaining('1 had ended before.'),
		});
	});

	test('by a filter, more than one is counted and refused where nobody can be asked; --yes does it', async () => {
		await enqueue(task(), news('a'), news('b'));
		const args = ['queue', 'cancel', '--key', NEWS, '--reason', 'sent twice'];
		const refused = await run(...args);
		expect(refused).toMatchObject({ status: 2, stdout: '' });
		expect(refused.stderr).toContain('2 tasks would be cancelled (2 queued).');
		expect(refused.stderr).toContain(
			'what to do: Look at them with --dry-run, then run it again with --yes.',
		);
		expect(await states()).toEqual(Array(3).fill(expect.stringContaining('queued')));
		expect((await run(...args, '--dry-run')).stdout).toContain('2 would be cancelled.');
		const part = await run(...args, '--dry-run', '--limit', '1');
		expect(part.stdout).toContain('These are 1 of 2 tasks that match: run it again for the other 1.');
		expect(await states()).toEqual(Array(3).fill(expect.stringContaining('queued')));
		expect((await run(...args, '--yes')).stdout).toContain('2 cancelled.');
		expect((await states()).filter((each) => each.endsWith('cancelled'))).toHaveLength(2);
	});

	test('what came or moved between the count and the yes is left alone', async () => {
		const [stays = '', moves = ''] = await enqueue(
			task({ notBefore: new Date('2100-01-01') }),
			task({ notBefore: new Date('2100-01-01') }),
		);
		let late = '';
		const queue = {
			cancel: async (...[selection, how]: Parameters<Orchestrator['queue']['cancel']>) => {
				const outcomes = await orchestrator.queue.cancel(selection, how);
				if (late === '') {
					[late = ''] = await enqueue(task({ notBefore: new Date('2100-01-01') }));
					await database.query(
						`update orchestrator.tasks set not_before = clock_timestamp() - interval '1 second' where id = $1`,
						[moves],
					);
					await orchestrator.runs.recover();
				}
				return outcomes;
			},
		};
		await cancelChosen(queue, { states: ['scheduled'] }, { actor: 'ann', reason: 'x' }, { yes: true });
		expect(await states()).toEqual([`${stays} cancelled`, `${moves} queued`, `${late} scheduled`]);
	});

	test('by a filter that one task matches, nobody is asked', async () => {
		const [id = ''] = await enqueue(task());
		await run('queue', 'cancel', '--state', 'queued', '--reason', 'x');
		expect(await states()).toEqual([`${id} cancelled`]);
		expect((await run('queue', 'cancel', '--state', 'queued', '--reason', 'x')).stdout).toBe(
			'No task matches.\n',
		);
	});

	test('without any choice, or with both kinds, it is refused: an empty filter would be everything', async () => {
		const [id = ''] = await enqueue(task());
		for (const args of [[], [id, '--type', TYPE], ['--limit', '5']]) {
			expect(await run('queue', 'cancel', ...args, '--reason', 'x', '--yes')).toMatchObject({ status: 2 });
		}
		expect(await states()).toEqual([`${id} queued`]);
	});
});
