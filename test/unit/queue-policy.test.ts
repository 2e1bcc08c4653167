import { type BatchQuestion, decideBatchSize, nextQueueMode, queueWarnings } from '../../core';

const question = (overrides: Partial<BatchQuestion> = {}): BatchQuestion => ({
	mode: 'normal',
	batchSize: 4,
	batchMax: 8,
	eligible: 100,
	slots: 3,
	limitSeconds: 300,
	recent: { tasks: 0, failed: 0, msPerTask: null },
	modelLoad: 0,
	...overrides,
});

test.each([
	['normal mode takes the configured size', {}, 4, 'as configured'],
	['batch mode takes what the type allows', { mode: 'batch' }, 8, 'batch mode'],
	['a configured size above the most is cut', { batchSize: 9 }, 8, 'as configured'],
	['few tasks are spread over the free slots', { eligible: 5 }, 2, '5 spread over 3 free slots'],
	['one slot takes them together', { eligible: 3, slots: 1 }, 3, '3 spread over 1 free slots'],
	[
		'a batch takes half of the limit and no more',
		{ mode: 'batch', recent: { tasks: 20, failed: 0, msPerTask: 30_000 } },
		5,
		'a task takes 30.0 s, a batch may take 50 % of 300 s',
	],
	[
		'a task longer than that goes alone',
		{ recent: { tasks: 20, failed: 0, msPerTask: 200_000 } },
		1,
		'a task takes 200.0 s',
	],
	['busy models halve it', { modelLoad: 0.8 }, 2, 'halved: the models are used to 80 %'],
	['models below 80 % do not', { modelLoad: 0.79 }, 4, 'as configured'],
	[
		'failing tasks halve it',
		{ recent: { tasks: 4, failed: 2, msPerTask: null } },
		2,
		'halved: 2 of the last 4 tasks failed',
	],
	['fewer failures do not', { recent: { tasks: 5, failed: 2, msPerTask: null } }, 4, 'as configured'],
	['three tasks say nothing', { recent: { tasks: 3, failed: 3, msPerTask: null } }, 4, 'as configured'],
	[
		'busy and failing halve it twice',
		{ modelLoad: 1.2, recent: { tasks: 4, failed: 4, msPerTask: null } },
		1,
		'halved',
	],
] as const)('%s: %j makes %i, because %s', (_name, change, size, because) => {
	expect(decideBatchSize(question(change))).toEqual({ size, because: expect.stringContaining(because) });
});

test.each([
	[1000, 'normal', 'normal'],
	[1001, 'normal', 'batch'],
	[1000, 'batch', 'batch'],
	[500, 'batch', 'batch'],
	[499, 'batch', 'normal'],
	[500, 'normal', 'normal'],
] as const)('with %i queued, %s becomes %s', (queued, before, after) => {
	expect(nextQueueMode(queued, before)).toBe(after);
});

test('the warning begins with 500 queued tasks and says what to do', () => {
	expect(queueWarnings({ queued: 499, mode: 'normal' })).toEqual([]);
	expect(queueWarnings({ queued: 500, mode: 'normal' })).toEqual([
		{
			code: 'queue_depth',
			message: expect.stringMatching(
				/^500 tasks are queued, expected fewer than 500\. Batch mode begins above 1000\. Look/,
			),
		},
	]);
	expect(queueWarnings({ queued: 600, mode: 'batch' })[0]?.message).toContain(
		'Batch mode is on until fewer than 500',
	);
});
