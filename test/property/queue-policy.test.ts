import fc from 'fast-check';
import { type BatchQuestion, decideBatchSize, LIMIT_SHARE, nextQueueMode, type QueueMode } from '../../core';

const mode = fc.constantFrom<QueueMode>('normal', 'batch');
const question: fc.Arbitrary<BatchQuestion> = fc.record({
	mode,
	batchSize: fc.integer({ min: 1, max: 10 }),
	batchMax: fc.integer({ min: 1, max: 10 }),
	eligible: fc.integer({ min: 1, max: 2000 }),
	slots: fc.integer({ min: 1, max: 50 }),
	limitSeconds: fc.integer({ min: 1, max: 3600 }),
	recent: fc
		.record({
			tasks: fc.integer({ min: 0, max: 200 }),
			msPerTask: fc.option(fc.double({ min: 0, max: 4_000_000, noNaN: true })),
		})
		.chain(({ tasks, msPerTask }) =>
			fc.integer({ min: 0, max: tasks }).map((failed) => ({ tasks, failed, msPerTask })),
		),
	modelLoad: fc.double({ min: 0, max: 3, noNaN: true }),
});

test('a batch has 1 to 10 tasks, never more than its type allows or than wait, and a reason', () => {
	fc.assert(
		fc.property(question, (asked) => {
			const { size, because } = decideBatchSize(asked);
			expect(Number.isInteger(size)).toBe(true);
			expect(size).toBeGreaterThanOrEqual(1);
			expect(size).toBeLessThanOrEqual(Math.min(10, asked.batchMax, asked.eligible));
			expect(because).not.toBe('');
		}),
	);
});

test('a batch of more than one task is expected to need at most half of the time limit', () => {
	fc.assert(
		fc.property(question, (asked) => {
			const { size } = decideBatchSize(asked);
			const expectedMs = size * (asked.recent.msPerTask ?? 0);
			if (size > 1) expect(expectedMs).toBeLessThanOrEqual(LIMIT_SHARE * asked.limitSeconds * 1000);
		}),
	);
});

test('a deeper queue never makes smaller batches, and never ends batch mode', () => {
	const depths = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 3000 }));
	fc.assert(
		fc.property(question, mode, depths, (asked, before, [depth, more]) => {
			const at = (queued: number) =>
				decideBatchSize({ ...asked, eligible: queued, mode: nextQueueMode(queued, before) }).size;
			expect(at(depth + more)).toBeGreaterThanOrEqual(at(depth));
		}),
	);
});

test('a queue that moves by fewer than 500 tasks changes its mode at most once', () => {
	const walk = fc
		.integer({ min: 0, max: 1500 })
		.chain((from) => fc.array(fc.integer({ min: from, max: from + 499 }), { minLength: 2, maxLength: 50 }));
	fc.assert(
		fc.property(walk, mode, (depths, first) => {
			const modes = depths.reduce<QueueMode[]>(
				(seen, queued) => [...seen, nextQueueMode(queued, seen.at(-1) ?? first)],
				[],
			);
			expect(modes.filter((each, n) => n > 0 && each !== modes[n - 1]).length).toBeLessThanOrEqual(1);
		}),
	);
});
