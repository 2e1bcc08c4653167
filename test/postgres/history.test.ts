import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { command } from './command';
import { age, archiveAll, emptyArchive, endedRun, fillTasks } from './history-scenario';
import {
	emptyQueue,
	failed,
	letWaitingPass,
	openQueue,
	reclaim,
	report,
	succeeded,
	task,
	TYPE,
} from './scenario';

// Many round trips each; a busy machine is no fault.
jest.setTimeout(120_000);

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue('seo_monitor'));
});
afterAll(async () => database.drop());
beforeEach(async () => {
	await emptyQueue(database);
	await emptyArchive(database);
});

test('pages go over queue and archive, newest first, and name every task exactly once', async () => {
	await fillTasks(database, 'tasks', 1, 60);
	await fillTasks(database, 'archived_tasks', 61, 60);
	const seen: string[] = [];
	const ends: number[] = [];
	for (let after: string | null | undefined; after !== null;) {
		const page = await orchestrator.history.tasks({ limit: 7, ...(after && { after }) });
		seen.push(...page.entries.map((each) => each.taskId));
		ends.push(...page.entries.map((each) => each.finishedAt.getTime()));
		after = page.next;
	}
	expect(seen).toHaveLength(120);
	expect(new Set(seen).size).toBe(120);
	expect(ends).toEqual([...ends].sort((a, b) => b - a));
	const page = await orchestrator.history.tasks({ states: ['dead'], types: [TYPE], limit: 1000 });
	expect(page.next).toBeNull();
	expect(page.entries.map((each) => Number(each.taskId))).toEqual([10, 20, 40, 50, 70, 80, 100, 110]);
	expect(page.entries.map((each) => each.archived)).toEqual([
		false,
		false,
		false,
		false,
		true,
		true,
		true,
		true,
	]);
	const [third] = (await orchestrator.history.tasks({ limit: 11 })).entries.slice(10);
	const range = await orchestrator.history.tasks({ from: third!.finishedAt, limit: 1000 });
	expect(range.entries.every((each) => each.finishedAt >= third!.finishedAt)).toBe(true);
	const rest = await orchestrator.history.tasks({ to: third!.finishedAt, limit: 1000 });
	// Half-open, to the millisecond of a Date: every task is on one side.
	expect(range.entries.length + rest.entries.length).toBe(120);
});

test('executions and runs have their history too, archived or not', async () => {
	const { runId, taskIds } = await endedRun(orchestrator, 2);
	await age(database);
	await archiveAll(database);
	const young = await endedRun(orchestrator, 1);
	const executions = await orchestrator.history.executions({ states: ['reported'], types: [TYPE] });
	expect(executions.entries).toMatchObject([
		{ runId: young.runId, archived: false, state: 'reported' },
		{ runId, taskIds, archived: true },
	]);
	const runs = await orchestrator.history.runs({ kinds: ['manual'], limit: 1 });
	expect(runs.entries).toMatchObject([{ runId: young.runId, state: 'COMPLETED', archived: false }]);
	const older = await orchestrator.history.runs({ kinds: ['manual'], after: runs.next! });
	expect(older).toMatchObject({ entries: [{ runId, archived: true }], next: null });
});

/** A task that failed once and then succeeded, and one that follows it. */
async function twoAttempts(): Promise<{ taskId: string; childId: string }> {
	const [{ taskId } = { taskId: '' }] = await orchestrator.queue.enqueue([
		task({ idempotencyKey: 'the news' }),
	]);
	const first = await reclaim(orchestrator);
	await report(orchestrator, first, [failed(taskId)]);
	await letWaitingPass(database);
	await report(orchestrator, await reclaim(orchestrator), [succeeded(taskId)]);
	const [child] = await orchestrator.queue.enqueue([task({ parentTaskId: taskId })]);
	const childRun = await reclaim(orchestrator);
	await report(orchestrator, childRun, [succeeded(child!.taskId)]);
	return { taskId, childId: child!.taskId };
}

test('a timeline has every change and failure across attempts, with the time between, parent and children, archived or not', async () => {
	const { taskId, childId } = await twoAttempts();
	const timeline = await orchestrator.history.timeline(taskId);
	expect(timeline).toMatchObject({
		state: 'succeeded',
		attempts: 1,
		idempotencyKey: 'the news',
		archived: false,
		children: [{ taskId: childId, state: 'succeeded' }],
	});
	expect(
		timeline!.events.map((each) => (each.kind === 'transition' ? each.to : `${each.kind} ${each.action}`)),
	).toEqual(['queued', 'claimed', 'failed', 'scheduled', 'failure retry', 'queued', 'claimed', 'succeeded']);
	expect(timeline!.events[0]!.sinceMs).toBeNull();
	expect(timeline!.events.slice(1).every((each) => each.sinceMs !== null && each.sinceMs >= 0)).toBe(true);
	expect((await orchestrator.history.timeline(childId))!.parentTaskId).toBe(taskId);
	await age(database);
	await archiveAll(database);
	const { createdAt, finishedAt, ...rest } = (await orchestrator.history.timeline(taskId))!;
	expect({ ...timeline, archived: true }).toMatchObject(rest);
	expect(createdAt < finishedAt!).toBe(true);
	expect(await orchestrator.history.timeline('999999999')).toBeNull();
	await expect(orchestrator.history.timeline('17; drop')).rejects.toThrow(/no task number/);
	await expect(orchestrator.history.tasks({ after: 'x' })).rejects.toThrow(/not the end of a page/);
	await expect(orchestrator.history.tasks({ limit: 1001 })).rejects.toThrow(/1 to 1000 rows, got 1001/);
});

test('the command line shows the history, draws the timeline of a task and archives', async () => {
	const { taskId, childId } = await twoAttempts();
	await age(database);
	expect(await command(database.url, 'archive', '--dry-run')).toMatchObject({ status: 0 });
	expect((await command(database.url, 'archive', '--dry-run')).text).toMatch(
		/^2 tasks, 3 executions and 0 runs ended more than 30 days ago; nothing was moved/,
	);
	expect((await command(database.url, 'archive')).text).toContain(
		'2 tasks and 3 executions and runs archived',
	);
	const page = await command(database.url, 'history', '--state', 'succeeded', '--limit', '1');
	expect(page).toMatchObject({ status: 0 });
	const place = /There are more: add --after (\S+)/.exec(page.text)?.[1];
	expect(place).toContain(`/${childId}`);
	const json = await command(database.url, 'history', '--json', '--after', place!);
	expect(JSON.parse(json.text)).toMatchObject({ entries: [{ taskId, archived: true }], next: null });
	const { status, text } = await command(database.url, 'task', taskId);
	expect(status).toBe(0);
	expect(text).toMatch(
		/^Task \d+ · content_pipeline · succeeded · ended after .* · in the archive\nkey the news · priority 5 · 1 failed attempt/,
	);
	expect(text).toContain(`followed by task ${childId} (content_pipeline, succeeded)`);
	expect(text).toMatch(/┌ ● queued · by enqueue\n/);
	expect(text).toMatch(/\+ \d+ ms {2}├ ✗ attempt 1 failed: \S+: the model refused → retry/);
	expect(text).toMatch(/└ ● succeeded/);
	expect(await command(database.url, 'task', '99999999')).toMatchObject({
		status: 2,
		text: expect.stringContaining('There is no task 99999999') as string,
	});
	expect((await command(database.url, 'history', '--since', 'yesterday')).text).toMatch(
		/Expected a time such as 2026-11-01/,
	);
}, 120_000);
