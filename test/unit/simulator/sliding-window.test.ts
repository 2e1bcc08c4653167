import fc from 'fast-check';
import { SlidingWindow } from '../../../host/simulator/sliding-window';

describe('SlidingWindow', () => {
	it('refuses the request over the limit and says when to come back', () => {
		const window = new SlidingWindow(2, 1000);
		window.admit(0);
		window.admit(400);
		expect(window.admit(500)).toEqual({ admitted: false, usedInWindow: 2, retryAfterMs: 500 });
	});

	it('admits at the instant that it named', () => {
		const window = new SlidingWindow(1, 1000);
		window.admit(0);
		const refused = window.admit(300);
		expect(refused.admitted).toBe(false);
		expect(window.admit(1000)).toEqual({ admitted: true, usedInWindow: 1 });
	});

	it('does not count refused requests', () => {
		const window = new SlidingWindow(1, 1000);
		window.admit(0);
		for (let at = 1; at < 1000; at += 100) window.admit(at);
		expect(window.admit(1000).admitted).toBe(true);
	});

	it('never admits more than its limit in any window, wherever the window begins', () => {
		const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 });
		fc.assert(
			fc.property(gaps, fc.integer({ min: 1, max: 5 }), (waits, limit) => {
				const window = new SlidingWindow(limit, 1000);
				const admitted: number[] = [];
				let now = 0;
				for (const wait of waits) {
					now += wait;
					if (window.admit(now).admitted) admitted.push(now);
				}
				for (const start of admitted) {
					expect(admitted.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(limit);
				}
			}),
		);
	});
});
