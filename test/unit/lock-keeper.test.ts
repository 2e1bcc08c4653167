import type { MutexPort } from '../../core';
import { type Execution, LockKeeper } from '../../nodes/WorkflowMutex/lock-keeper';

type Asked = [what: string, ...rest: unknown[]];

beforeEach(() => {
	jest.useFakeTimers({ now: new Date('2026-01-01T12:00:00Z') });
});
afterEach(() => {
	jest.useRealTimers();
});

/** A keeper of a 60 s lease over a database that the test answers for. */
function keeping(
	answers: { renew?: () => Promise<Date | null>; release?: () => Promise<number | null> } = {},
) {
	const asked: Asked[] = [];
	const said: string[] = [];
	const notes: string[] = [];
	const state: { wakesAt: Date | null; stopped: boolean | undefined } = { wakesAt: null, stopped: false };
	const mutexes: Pick<MutexPort, 'renew' | 'park' | 'release' | 'drain'> = {
		renew: async (_lock, _ref, leaseMs) => {
			asked.push(['renew', leaseMs]);
			return await (answers.renew ?? (async () => new Date()))();
		},
		park: async (_lock, _ref, until) => {
			asked.push(['park', until.toISOString()]);
			return until;
		},
		release: async (_lock, _ref, options) => {
			asked.push(['release', options?.all]);
			return await (answers.release ?? (async () => 0))();
		},
		drain: async (_lock, _ref, graceMs) => {
			asked.push(['drain', graceMs]);
			return new Date();
		},
	};
	const log = (message: string) => void said.push(message);
	const execution: Execution = {
		wakesAt: () => state.wakesAt,
		stopped: () => state.stopped,
		note: (text) => void notes.push(text),
		logger: { info: log, warn: log, error: log, debug: log } as never,
	};
	let done = 0;
	const hold = {
		lock: 'crm',
		owner: { instance: 'i', executionId: '7', era: '' },
		session: 's',
		fencingToken: 3,
		leaseMs: 60_000,
		graceMs: 300_000,
		holdWhileWaiting: false,
	};
	const onDone = async () => void done++;
	const keeper = new LockKeeper(mutexes, execution, hold, { askedAt: new Date(), onDone });
	return { keeper, asked, said, notes, state, closed: () => done };
}

test('renews every third of the lease for as long as the execution lives', async () => {
	const { keeper, asked } = keeping();
	await jest.advanceTimersByTimeAsync(200_500);
	expect(asked).toEqual(Array.from({ length: 10 }, () => ['renew', 60_000]));
	await keeper.end();
});

test('gives back once, however often n8n says that the execution ended', async () => {
	const { keeper, asked, closed } = keeping();
	await Promise.all([keeper.end(), keeper.end()]);
	await keeper.end();
	await jest.advanceTimersByTimeAsync(120_000);
	expect(asked).toEqual([['release', true]]);
	expect(closed()).toBe(1);
});

test.each([true, undefined])(
	'drains when the execution was stopped, and when n8n does not tell: %s',
	async (stopped) => {
		const { keeper, asked, state } = keeping();
		state.stopped = stopped;
		await keeper.end();
		expect(asked).toEqual([['drain', 300_000]]);
	},
);

test('lets go within a second of parking, and has nothing left to give back', async () => {
	const { keeper, asked, state, closed } = keeping();
	state.wakesAt = new Date('2026-01-01T18:00:00Z');
	await jest.advanceTimersByTimeAsync(1000);
	expect(asked).toEqual([['release', true]]);
	await keeper.end();
	await jest.advanceTimersByTimeAsync(60_000);
	expect(asked).toHaveLength(1);
	expect(closed()).toBe(1);
	expect(keeper.live).toBe(false);
});

test('misses a renewal without losing the lock while the lease lasts', async () => {
	let away = true;
	const { keeper, said, notes } = keeping({
		renew: async () => {
			if (away) throw new Error('nobody answers');
			return new Date();
		},
	});
	await jest.advanceTimersByTimeAsync(45_000);
	expect(said[0]).toContain('was not renewed: nobody answers');
	away = false;
	await jest.advanceTimersByTimeAsync(60_000);
	expect(keeper.live).toBe(true);
	expect(notes).toEqual([]);
	await keeper.end();
});

test('counts a lock as lost when its lease is over and a renewal never came back', async () => {
	const { keeper, notes } = keeping({ renew: () => new Promise(() => undefined) });
	await jest.advanceTimersByTimeAsync(59_000);
	expect(keeper.live).toBe(true);
	await jest.advanceTimersByTimeAsync(1000);
	expect(notes).toEqual(['crm: could not be renewed in time at 2026-01-01T12:01:00.000Z']);
	await keeper.end();
});

test('reports a loss at once and again at the end, and gives nothing back that is another’s', async () => {
	const { keeper, asked, said, notes } = keeping({ renew: async () => null });
	await jest.advanceTimersByTimeAsync(21_000);
	expect(keeper.live).toBe(false);
	expect(said).toEqual([expect.stringContaining('ran out or was taken')]);
	expect(notes).toEqual(['crm: ran out or was taken at 2026-01-01T12:00:20.000Z']);
	await jest.advanceTimersByTimeAsync(60_000);
	await keeper.end();
	expect(asked).toEqual([['renew', 60_000]]);
	expect(said[1]).toContain('had been lost since 2026-01-01T12:00:20.000Z when the execution ended');
});

test('does not hold the end up when the database does not answer', async () => {
	const { keeper, said, closed } = keeping({ release: () => new Promise(() => undefined) });
	const ended = keeper.end();
	await jest.advanceTimersByTimeAsync(5000);
	await ended;
	expect(said[0]).toContain('could not be given back and opens when its lease ends: no answer within 5 s');
	expect(closed()).toBe(1);
});

test('notices that a later acquire got another token: the lock had been lost between', async () => {
	const { keeper, said } = keeping();
	keeper.confirm(3, new Date());
	expect(said).toEqual([]);
	keeper.confirm(9, new Date());
	expect(said[0]).toContain('(token 3) was lost and taken again (token 9)');
	await keeper.end();
});
