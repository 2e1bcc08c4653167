import type { TaskOverview } from '../../core';
import { humanCost, humanDuration, renderTaskTable } from '../../generator/render-table';

const task = (over: Partial<TaskOverview>): TaskOverview => ({
	taskId: '1',
	workflowType: 'content_pipeline',
	state: 'succeeded',
	priority: 5,
	attempts: 1,
	input: { topic: 'Tea' },
	waitMs: 800,
	durationMs: 12_340,
	costUsd: 0.00123,
	result: { title: 'All About Tea', quality_score: 82 },
	error: null,
	createdAt: new Date(0),
	finishedAt: null,
	fairKey: 'content_pipeline',
	idempotencyKey: 'tea',
	eligibleAt: new Date(0),
	notBefore: null,
	expiresAt: null,
	executionId: null,
	parentTaskId: null,
	parentExecutionId: null,
	coalesced: 0,
	...over,
});

test('columns are aligned and say what a person wants to know', () => {
	const dead = task({
		taskId: '20',
		state: 'dead',
		attempts: 5,
		waitMs: null,
		durationMs: null,
		costUsd: 0,
		result: null,
		error: { message: 'The model refused.' },
	});
	expect(renderTaskTable([task({}), dead], undefined)).toBe(
		[
			'task  topic  type              state      attempts    wait  duration     cost  result',
			'----  -----  ----------------  ---------  --------  ------  --------  -------  --------------------------',
			'   1  Tea    content_pipeline  succeeded         1  800 ms    12.3 s  $0.0012  All About Tea (quality 82)',
			'  20  Tea    content_pipeline  dead              5       -         -        -  failed: The model refused.',
		].join('\n'),
	);
});

test('long cells are cut to the width of the terminal, and only these', () => {
	const text = renderTaskTable(
		[task({ input: { topic: 'T'.repeat(90) }, result: { title: 'R'.repeat(90) } })],
		120,
	);
	const lines = text.split('\n');
	expect(Math.max(...lines.map((line) => [...line].length))).toBe(120);
	expect(lines[2]).toContain('content_pipeline');
	expect(lines[2]?.match(/…/g)).toHaveLength(2);
});

test('nothing is cut where no terminal is, however long it is', () => {
	const topic = 'T'.repeat(2000);
	expect(renderTaskTable([task({ input: { topic } })], undefined)).toContain(topic);
});

test('a topic cannot move the cursor or break the line', () => {
	const text = renderTaskTable([task({ input: { topic: 'a\u001b[2Jb\nc\u202Ed' } })], undefined);
	expect(text.split('\n')).toHaveLength(3);
	expect(text).not.toMatch(/[\u001b\u202E]/);
});

test('no tasks is a sentence with the next step', () => {
	expect(renderTaskTable([], 80)).toContain('master-orchestrator enqueue');
});

test.each([
	[null, '-'],
	[0, '0 ms'],
	[640, '640 ms'],
	[999.6, '1000 ms'],
	[12_340, '12.3 s'],
	[59_949, '59.9 s'],
	[59_950, '1 min 0 s'],
	[245_000, '4 min 5 s'],
	[3_599_400, '59 min 59 s'],
	[7_380_000, '2 h 3 min'],
])('%p ms reads %s', (ms, text) => {
	expect(humanDuration(ms)).toBe(text);
});

test.each([
	[0, '-'],
	[0.00001, '<$0.0001'],
	[0.0001, '$0.0001'],
	[12.34567, '$12.3457'],
])('%p dollars read %s', (usd, text) => {
	expect(humanCost(usd)).toBe(text);
});
