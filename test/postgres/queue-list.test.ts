import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { emptyQueue, openQueue, startOne, task, TYPE } from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const ids = (tasks: { taskId: string }[]) => tasks.map((each) => each.taskId);

test('a list is filtered by state, type, key and parent, and goes on behind the last id', async () => {
	const parent = await startOne(orchestrator);
	const parentTaskId = parent.items[0]!.task_id;
	const added = await orchestrator.queue.enqueue([
		task({ input: { content_type: 'news' }, parentTaskId }),
		task({ notBefore: new Date('2099-01-01') }),
		task({ parentExecutionId: parent.executionId }),
	]);
	const [news, later, child] = ids(added);
	const list = async (filter: Parameters<typeof orchestrator.queue.list>[0]) =>
		ids(await orchestrator.queue.list(filter));
	expect(await list({ states: ['scheduled', 'running'] })).toEqual([parentTaskId, later]);
	expect(await list({ workflowType: TYPE })).toHaveLength(4);
	expect(await list({ workflowType: 'other' })).toEqual([]);
	expect(await list({ fairKey: `${TYPE}:news` })).toEqual([news]);
	expect(await list({ parentTaskId })).toEqual([news]);
	expect(await list({ parentExecutionId: parent.executionId })).toEqual([child]);
	expect(await list({ limit: 2 })).toEqual([parentTaskId, news]);
	expect(await list({ limit: 2, afterTaskId: news })).toEqual([later, child]);
});

test.each([0, 10_001, 1.5])('a limit of %p is refused', async (limit) => {
	await expect(orchestrator.queue.list({ limit })).rejects.toThrow(
		`limit must be a whole number from 1 to 10000, got ${limit}`,
	);
});

test('peek shows the order of the claim with scores, and takes nothing', async () => {
	const added = await orchestrator.queue.enqueue([
		task({ priority: 3 }),
		task({ priority: 9, input: { content_type: 'news' } }),
		task({ priority: 5 }),
	]);
	const [low, high, middle] = ids(added);
	const peeked = await orchestrator.queue.peek();
	expect(ids(peeked)).toEqual([high, middle, low]);
	expect(peeked.map((each) => Math.floor(each.score / 10))).toEqual([9, 5, 3]);
	expect(ids(await orchestrator.queue.peek({ fairKey: TYPE, limit: 1 }))).toEqual([middle]);
	expect(await orchestrator.queue.list({ states: ['queued'] })).toHaveLength(3);
});

test('inspect tells everything of a task, of an unknown one nothing', async () => {
	const [added] = await orchestrator.queue.enqueue([task({ context: { sender: 'test' } })]);
	const seen = await orchestrator.queue.inspect(added!.taskId);
	expect(seen).toMatchObject({
		task: { taskId: added!.taskId, input: { topic: 'tea' } },
		context: { sender: 'test' },
		deadLetter: null,
		failures: [],
		transitions: [{ from: null, to: 'queued', actor: 'enqueue' }],
		children: [],
	});
	expect(await orchestrator.queue.inspect('999999999')).toBeNull();
	await expect(orchestrator.queue.inspect('7; drop')).rejects.toThrow(
		'A task id is a whole number, got "7; drop".',
	);
});
