import fc from 'fast-check';
import type { LoggedRequest } from '../../host/simulator';
import { SlidingWindow } from '../../host/simulator/sliding-window';
import { judgeLimit, overlappingPairs, workIn } from '../support/provider-log';

const LIMIT = { requests: 2, windowMs: 1000 };

function logged(atMs: number, status: number, user: string | null = null): LoggedRequest {
	const rest = { model: 'gpt-4o-mini', kind: null, topic: null, inputTokens: 3, outputTokens: 4 };
	return { at: new Date(atMs), provider: 'openai', user, status, ...rest };
}

describe('the judge of a rate limit', () => {
	test.each([
		['at the border of the window the oldest has left it', [0, 500, 1000], [200, 200, 200], {}],
		['one before the border is over the limit', [0, 500, 999], [200, 200, 429], { refused: 1, peak: 3 }],
		[
			'it sees who was let in though the window was full',
			[0, 1, 2],
			[200, 200, 200],
			{ letInWrongly: 1, peak: 3 },
		],
		[
			'it sees who was refused though there was room',
			[0, 500],
			[200, 429],
			{ refused: 1, refusedWrongly: 1 },
		],
		[
			'refused requests fill no window',
			[0, 1, 2, 3, 1000],
			[200, 200, 429, 429, 200],
			{ refused: 2, peak: 4 },
		],
	])('%s', (_, times, statuses, expected) => {
		const log = times.map((at, index) => logged(at, statuses[index] ?? 0));
		const clean = { sent: log.length, refused: 0, peak: 2, letInWrongly: 0, refusedWrongly: 0 };
		expect(judgeLimit(log, LIMIT)).toEqual({ ...clean, ...expected });
	});

	test('agrees with the simulator’s window about every request, whenever it comes', () => {
		const gaps = fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 40 });
		fc.assert(
			fc.property(gaps, (waits) => {
				const window = new SlidingWindow(LIMIT.requests, LIMIT.windowMs);
				let now = 0;
				const log = waits.map((wait) => logged((now += wait), window.admit(now).admitted ? 200 : 429));
				for (const from of log.keys()) {
					expect(judgeLimit(log, LIMIT, from)).toMatchObject({ letInWrongly: 0, refusedWrongly: 0 });
				}
			}),
		);
	});
});

describe('the work of a run', () => {
	test('reaches from its first to its last request, with its tokens and refusals', () => {
		const log = [logged(0, 200, 'a'), logged(5, 429, 'a'), logged(6, 200), logged(9, 200, 'b')];
		expect(workIn(log)).toEqual([
			{ user: 'a', firstAt: 0, lastAt: 5, sent: 2, refused: 1, tokens: 14 },
			{ user: 'b', firstAt: 9, lastAt: 9, sent: 1, refused: 0, tokens: 7 },
		]);
	});

	test('overlaps when another asks before it has asked for the last time', () => {
		const apart = [logged(0, 200, 'a'), logged(5, 200, 'a'), logged(6, 200, 'b'), logged(7, 200, 'b')];
		expect(overlappingPairs(workIn(apart))).toEqual([]);
		const mixed = [logged(0, 200, 'a'), logged(5, 200, 'b'), logged(6, 200, 'a'), logged(7, 200, 'b')];
		expect(overlappingPairs(workIn(mixed))).toEqual(['a × b']);
	});
});
