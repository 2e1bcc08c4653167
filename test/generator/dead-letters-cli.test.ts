import { userInfo } from 'node:os';
import type { DeadLetterPage, Orchestrator } from '../../core';
import { bury, emptyQueue, openQueue, task, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { changeChosen } from '../../generator/commands/dead-letters/change';
import { command } from './command';

// Commands of several round trips each, on a machine that may be busy.
jest.setTimeout(30_000);

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
beforeEach(async () => emptyQueue(database));
afterAll(async () => database.drop());

const ACTOR = `cli:${userInfo().username}`;
const run = (...args: string[]) => command(database.url, 'dead-letters', ...args);
const news = { input: { topic: 'tea', content_type: 'news' } };
const stateOf = async (taskId: string) => (await orchestrator.queue.inspect(taskId))?.task.state;
/** The latest death last. */
const open = async () =>
	(await orchestrator.deadLetters.list()).letters.map(({ taskId }) => taskId).reverse();

test('the list is filtered, goes on page by page, and is a document with --json', async () => {
	const ids = [await bury(orchestrator), await bury(orchestrator, news), await bury(orchestrator)];
	const page = await run('list', '--limit', '2');
	expect(page.stdout).toMatch(
		new RegExp(`\\n +${ids[2]} +${TYPE} +open .+\\n +${ids[1]} +${TYPE} +open .+\\n$`),
	);
	const place = /There are more: add --after (\S+)\n$/.exec(page.stderr)?.[1] ?? '';
	expect((await run('list', '--after', place)).stdout).toMatch(new RegExp(`-\\n +${ids[0]} `));
	const of = async (...args: string[]) => {
		const answer = JSON.parse((await run('list', '--json', ...args)).stdout) as DeadLetterPage;
		return answer.letters.map(({ taskId }) => taskId);
	};
	expect(await of('--key', `${TYPE}:news`)).toEqual([ids[1]]);
	expect(await of('--until', '2026-01-01')).toEqual([]);
	expect(await of('--key', TYPE, '--key', `${TYPE}:news`)).toHaveLength(3);
	expect((await run('list', '--status', 'discarded')).stdout).toBe('There is no such dead letter.\n');
});

test('analyze shows causes, and --cause takes them as they are shown', async () => {
	const [first, second] = [
		await bury(orchestrator, {}, { message: 'row 17 is locked', code: 'LOCKED' }),
		await bury(orchestrator, {}, { message: 'row 18 is locked', code: 'LOCKED' }),
	];
	await bury(orchestrator, {}, { message: 'no such host', code: 'NO_HOST' });
	const { stdout } = await run('analyze');
	expect(stdout).toMatch(
		/\n +2 +content_pipeline \(2\) .*LOCKED: row <n> is locked\n +1 .*NO_HOST: no such host\n$/,
	);
	expect((await run('redrive', '--cause', 'LOCKED: row <n> is locked', '--yes')).stdout).toContain(
		'2 of 2 open dead letters redriven',
	);
	expect(await Promise.all([first, second].map(stateOf))).toEqual(['scheduled', 'scheduled']);
	expect(await open()).toHaveLength(1);
});

test('inspect shows input, context, each error with its stack and surroundings, and what was decided', async () => {
	const id = await bury(orchestrator, { context: { campaign: 'spring' } });
	const { stdout } = await run('inspect', id);
	expect(stdout).toContain(`Task ${id} · ${TYPE} · dead\n`);
	expect(stdout).toContain('dead letter open · died ');
	expect(stdout).toContain('"topic": "tea"');
	expect(stdout).toContain('"campaign": "spring"');
	expect(stdout).toMatch(/✗ \S+Z attempt 1 failed: \S+: the model refused\n {2}decided: dead_letter by /);
	expect(stdout).toContain('\n      at ask (llm.js:1:1) ');
	expect(stdout).toMatch(/\n {2}at the time: \{.+\}\n$/);
	const json: unknown = JSON.parse((await run('inspect', id, '--json')).stdout);
	expect(json).toMatchObject({ deadLetter: { status: 'open' }, failures: [{ attempt: 1 }] });
	const [waiting] = await orchestrator.queue.enqueue([task()]);
	expect((await run('inspect', waiting?.taskId ?? '')).stdout).toContain('no dead letter: it never died');
	expect(await run('inspect', '999999')).toMatchObject({ status: 2, stdout: '' });
});

test('a redrive that is named goes back to the queue, by the user of this machine; a second one has nothing to do', async () => {
	const id = await bury(orchestrator);
	expect(await run('redrive', id)).toMatchObject({
		status: 0,
		stdout: expect.stringMatching(/^1 of 1 open dead letters redriven, the last one due at \S+Z\.\n$/),
	});
	expect(await stateOf(id)).toBe('scheduled');
	expect((await orchestrator.queue.inspect(id))?.deadLetter).toMatchObject({ redrivenBy: ACTOR });
	expect(await run('redrive', id)).toEqual({
		status: 1,
		stdout: '0 of 0 open dead letters redriven.\n',
		stderr: `No open dead letter: ${id}.\n`,
	});
});

test.each(['redrive', 'discard'])(
	'%s of more than one is counted, refused where nobody can be asked, and done with --yes',
	async (verb) => {
		const done = verb === 'redrive' ? 'redriven' : 'discarded';
		const ids = [await bury(orchestrator), await bury(orchestrator), await bury(orchestrator)];
		const refused = await run(verb, '--type', TYPE, '--limit', '2');
		expect(refused).toMatchObject({ status: 2, stdout: '' });
		expect(refused.stderr).toContain(`2 of 3 open dead letters would be ${done}.`);
		expect(refused.stderr).toContain(
			'what to do: Look at them with --dry-run, then run it again with --yes.',
		);
		expect((await run(verb, '--all', '--dry-run')).stdout).toContain(
			`3 of 3 open dead letters would be ${done}`,
		);
		expect(await open()).toEqual(ids);
		expect((await run(verb, '--type', TYPE, '--limit', '2', '--yes')).stdout).toContain(
			`2 of 3 open dead letters ${done}`,
		);
		expect(await open()).toEqual(ids.slice(0, 1));
		expect((await run(verb, '--all', '--json')).stdout).toContain('"matching": 1');
		expect(await open()).toEqual([]);
	},
);

test('a rate spreads the starts, and a dry run says when the last one is due', async () => {
	for (let n = 0; n < 3; n++) await bury(orchestrator);
	const { stdout } = await run('redrive', '--all', '--rate', '1', '--dry-run', '--json');
	const { lastDueAt } = JSON.parse(stdout) as { lastDueAt: string };
	const seconds = (new Date(lastDueAt).getTime() - Date.now()) / 1000;
	expect(seconds).toBeGreaterThan(60);
	expect(seconds).toBeLessThanOrEqual(121);
});

test('without any choice, or with two kinds, nothing is changed: an empty filter would be everything', async () => {
	const id = await bury(orchestrator);
	for (const verb of ['redrive', 'discard'])
		for (const args of [[], [id, '--all'], [id, '--type', TYPE], ['--type', TYPE, '--all']])
			expect(await run(verb, ...args, '--yes')).toMatchObject({ status: 2, stdout: '' });
	expect(await open()).toEqual([id]);
});

test('a task that dies between the count and the yes is left alone', async () => {
	const counted = await bury(orchestrator);
	let late = '';
	const done = await changeChosen(
		{ kind: 'filtered', filter: { workflowTypes: [TYPE] } },
		{ limit: 1000, yes: true },
		{
			done: 'redriven',
			change: async (filter, how) => {
				const answer = await orchestrator.deadLetters.redrive(filter, { actor: 'ann', ...how });
				if (how.dryRun) late = await bury(orchestrator);
				return answer;
			},
		},
	);
	expect(done).toMatchObject({ taskIds: [counted] });
	expect(await open()).toEqual([late]);
});
