import type { WakeUpPort } from '../../core';
import { WakeUpLoop, type WakeUpReason } from '../../nodes/OrchestratorTrigger/wake-up-loop';

/** A database that says what the test wants, under jest's fake clock. */
class FakeWakeUps implements WakeUpPort {
	dueMs: number | null = null;
	listening = true;
	unreachable = false;
	hint: () => void = () => undefined;
	closed = false;

	async listen(onHint: () => void) {
		if (!this.listening) throw new Error('a transaction pooler cannot listen');
		this.hint = onHint;
		return { close: async () => void (this.closed = true) };
	}

	async hears() {
		return this.listening;
	}

	async msUntilNextDue() {
		if (this.unreachable) throw new Error('unreachable');
		return this.dueMs;
	}
}

let wakeUps: FakeWakeUps;
let passes: WakeUpReason[][];
let loop: WakeUpLoop;
let duringPass: () => Promise<void>;

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function startLoop(): void {
	loop = new WakeUpLoop({
		wakeUps,
		logger: silent,
		pollMs: 15_000,
		minimumGapMs: 200,
		pass: async (reasons) => {
			passes.push(reasons);
			await duringPass();
		},
	});
	loop.start();
}

const pass = async (ms: number) => await jest.advanceTimersByTimeAsync(ms);

beforeEach(() => {
	jest.useFakeTimers();
	wakeUps = new FakeWakeUps();
	passes = [];
	duringPass = async () => undefined;
});
afterEach(async () => {
	const stopped = loop.stop();
	await pass(1);
	await stopped;
	expect(jest.getTimerCount()).toBe(0);
	jest.useRealTimers();
});

it('passes once at start, and never again while nothing is due', async () => {
	startLoop();
	await pass(120_000);
	expect(passes).toEqual([['start']]);
});

it('passes at once for a notification, but not within the minimum gap after a pass', async () => {
	startLoop();
	await pass(10);
	wakeUps.hint();
	await pass(100);
	expect(passes).toHaveLength(1);
	await pass(100);
	expect(passes).toEqual([['start'], ['notify']]);
});

it('makes one pass of all the hints that arrive while another pass runs', async () => {
	let finish: () => void = () => undefined;
	duringPass = () => new Promise((resolve) => (finish = resolve));
	startLoop();
	await pass(10);
	for (let count = 0; count < 5; count++) wakeUps.hint();
	await pass(10_000);
	expect(passes).toHaveLength(1);
	duringPass = async () => undefined;
	finish();
	await pass(1000);
	expect(passes).toEqual([['start'], ['notify']]);
});

it('sleeps until the next due time, not until the poll', async () => {
	wakeUps.dueMs = 3000;
	startLoop();
	await pass(300);
	setTimeout(() => (wakeUps.dueMs = 0), 2500);
	await pass(2800);
	wakeUps.dueMs = null;
	expect(passes).toEqual([['start']]);
	wakeUps.dueMs = 0;
	await pass(300);
	expect(passes[1]).toEqual(['due']);
});

it('finds by polling what no notification told', async () => {
	startLoop();
	await pass(1000);
	wakeUps.dueMs = 0;
	await pass(15_000);
	expect(passes[1]).toEqual(['poll']);
});

it('slows down when what is due stays due after its pass', async () => {
	wakeUps.dueMs = 0;
	startLoop();
	await pass(60_000);
	expect(passes.length).toBeLessThan(14);
	expect(passes.length).toBeGreaterThan(4);
});

it('polls with a pass each time when it cannot listen, and says so when it can again', async () => {
	wakeUps.listening = false;
	startLoop();
	await pass(31_000);
	expect(passes).toEqual([['start'], ['poll'], ['poll']]);
	wakeUps.listening = true;
	await pass(15_000);
	expect(passes[3]).toContain('reconnect');
});

it('emits nothing while the database does not answer', async () => {
	wakeUps.listening = false;
	wakeUps.unreachable = true;
	startLoop();
	await pass(60_000);
	expect(passes).toEqual([['start']]);
});

it('ends at once when the workflow is unpublished in the middle of a pass, and closes its connection', async () => {
	duringPass = () => new Promise(() => undefined);
	startLoop();
	await pass(10);
	await loop.stop();
	expect(wakeUps.closed).toBe(true);
	expect(passes).toHaveLength(1);
});
