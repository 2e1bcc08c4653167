import { setTimeout as sleep } from 'node:timers/promises';
import type { Orchestrator } from '../../core';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { acquired, busy, emptyLocks, expire, LOCK, refOf, request, take } from './mutex-scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
let mutexes: Orchestrator['mutexes'];

beforeAll(async () => {
	database = await freshDatabase();
	orchestrator = database.orchestrator();
	mutexes = orchestrator.mutexes;
});
afterAll(async () => database.drop());
beforeEach(async () => emptyLocks(database));

async function report() {
	const [found] = await mutexes.inspect(LOCK);
	if (!found) throw new Error('nobody ever asked for the lock');
	return found;
}

/** Holds the guard row in a transaction of its own until the returned function is called. */
async function holdGuard(): Promise<() => Promise<void>> {
	const client = await database.client();
	await client.query('begin');
	await client.query('select 1 from orchestrator.mutexes where name = $1 for update', [LOCK]);
	return async () => {
		await client.query('commit');
	};
}

/** Until some backend waits for a lock. */
async function someoneWaits(): Promise<void> {
	for (;;) {
		const waiting = await database.query(
			`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
		);
		if (waiting.length > 0) return;
		await sleep(5);
	}
}

describe('a lock', () => {
	test('has one holder; another is told who holds it and until when', async () => {
		const first = await take(orchestrator, request('a'));
		expect(first).toMatchObject({ how: 'new', count: 1, waitedMs: 0 });
		expect(first.leaseUntil.getTime() - first.acquiredAt.getTime()).toBe(60_000);
		expect(busy(await mutexes.acquire(request('b')))).toMatchObject({
			reason: 'held',
			retryAt: first.leaseUntil,
			holders: [{ executionId: 'a', workflowName: 'Workflow a', nodeName: 'Acquire', status: 'held' }],
		});
	});

	test('given back is free at once, with a higher token', async () => {
		const a = request('a');
		const first = await take(orchestrator, a);
		expect(await mutexes.release(LOCK, refOf(a), { all: true })).toBe(0);
		expect(await mutexes.release(LOCK, refOf(a), { all: true })).toBeNull();
		const second = await take(orchestrator, request('b'));
		expect(second.fencingToken).toBeGreaterThan(first.fencingToken);
	});

	test('of another name is another lock', async () => {
		await take(orchestrator, request('a'));
		expect(await take(orchestrator, request('b', { lock: 'CRM sync' }))).toMatchObject({ how: 'new' });
	});

	test('is a semaphore with several permits: so many hold, the next does not', async () => {
		for (const id of ['a', 'b', 'c']) await take(orchestrator, request(id, { permits: 3 }));
		expect(busy(await mutexes.acquire(request('d', { permits: 3 }))).holders).toHaveLength(3);
	});

	test('has as many holders as its strictest holder allows', async () => {
		await take(orchestrator, request('a', { permits: 1 }));
		expect(busy(await mutexes.acquire(request('b', { permits: 5 }))).reason).toBe('held');
		await emptyLocks(database);
		await take(orchestrator, request('a', { permits: 5 }));
		expect(busy(await mutexes.acquire(request('b', { permits: 1 }))).reason).toBe('held');
		expect(await take(orchestrator, request('c', { permits: 2 }))).toMatchObject({ how: 'new' });
	});
});

describe('the same execution', () => {
	test('gets the lock again with the same token, counted, and holds until the last release', async () => {
		const a = request('a');
		const first = await take(orchestrator, a);
		expect(await take(orchestrator, a)).toMatchObject({
			how: 'own',
			count: 2,
			fencingToken: first.fencingToken,
		});
		expect(await mutexes.release(LOCK, refOf(a))).toBe(1);
		expect(busy(await mutexes.acquire(request('b'))).reason).toBe('held');
		expect(await mutexes.release(LOCK, refOf(a))).toBe(0);
		expect(await take(orchestrator, request('b'))).toMatchObject({ how: 'new' });
	});

	test('ensures: renewed without counting when held, acquired when not', async () => {
		const a = request('a');
		const first = await take(orchestrator, a);
		expect(acquired(await mutexes.ensure(a))).toMatchObject({
			how: 'own',
			count: 1,
			fencingToken: first.fencingToken,
		});
		await expire(database);
		const again = acquired(await mutexes.ensure(a));
		expect(again.how).toBe('new');
		expect(again.fencingToken).toBeGreaterThan(first.fencingToken);
	});

	test('of another instance, or of a twin with the same ids, is somebody else', async () => {
		await take(orchestrator, request('7', { workflowId: 'w' }));
		expect(
			busy(await mutexes.acquire(request('7', { workflowId: 'w', instance: 'instance-2' }))).reason,
		).toBe('held');
		expect(busy(await mutexes.acquire(request('7', { workflowId: 'w', era: '2' }))).reason).toBe('held');
		for (const other of [{ instance: 'instance-2' }, { era: '2' }]) {
			const ref = { ...refOf(request('7', other)), session: null };
			expect(await mutexes.release(LOCK, ref, { all: true })).toBeNull();
		}
	});

	test('is renewed by its last node run only', async () => {
		const [early, late] = [request('a'), request('a')];
		await take(orchestrator, early);
		await take(orchestrator, late);
		expect(await mutexes.renew(LOCK, refOf(early), 60_000)).toBeNull();
		expect(await mutexes.release(LOCK, refOf(early), { all: true })).toBeNull();
		expect(await mutexes.renew(LOCK, refOf(late), 60_000)).toBeInstanceOf(Date);
	});
});

describe('a called workflow', () => {
	test('runs under the lock of its caller, however far up, and keeps it when the caller ends first', async () => {
		const root = request('root');
		const { fencingToken } = await take(orchestrator, root);
		const child = request('child', { callers: ['between', 'root'] });
		expect(await take(orchestrator, child)).toMatchObject({ how: 'caller', fencingToken });
		expect(await mutexes.release(LOCK, refOf(root), { all: true })).toBe(0);
		expect(busy(await mutexes.acquire(request('other'))).holders).toMatchObject([{ executionId: 'child' }]);
		expect(await mutexes.release(LOCK, refOf(child), { all: true })).toBe(0);
		expect(await take(orchestrator, request('other'))).toMatchObject({ how: 'new' });
	});

	test('of a caller that holds nothing, or on another instance, waits like everybody', async () => {
		await take(orchestrator, request('root'));
		expect(busy(await mutexes.acquire(request('c', { callers: ['x'] }))).reason).toBe('held');
		expect(busy(await mutexes.acquire(request('c', { callers: ['root'], instance: 'i2' }))).reason).toBe(
			'held',
		);
	});

	test('does not join a caller that was stopped', async () => {
		const root = request('root');
		await take(orchestrator, root);
		await mutexes.drain(LOCK, refOf(root), 60_000);
		expect(busy(await mutexes.acquire(request('c', { callers: ['root'] }))).reason).toBe('draining');
	});
});

describe('a lease', () => {
	test('that ran out frees the lock; its holder can neither renew, nor release, nor drain what another has', async () => {
		const a = request('a');
		const lost = await take(orchestrator, a);
		await expire(database);
		expect(await mutexes.renew(LOCK, refOf(a), 60_000)).toBeNull();
		const b = request('b');
		const taken = await take(orchestrator, b);
		expect(taken.fencingToken).toBeGreaterThan(lost.fencingToken);
		expect(await mutexes.renew(LOCK, refOf(a), 60_000)).toBeNull();
		expect(await mutexes.release(LOCK, refOf(a), { all: true })).toBeNull();
		expect(await mutexes.drain(LOCK, refOf(a), 60_000)).toBeNull();
		expect((await report()).holders).toMatchObject([{ executionId: 'b', fencingToken: taken.fencingToken }]);
		expect((await report()).incidents).toMatchObject([
			{ kind: 'expired', fencingToken: lost.fencingToken, holder: { executionId: 'a' } },
		]);
	});

	test('that ran out can be neither renewed nor given back, even while nobody else has the lock', async () => {
		const a = request('a');
		await take(orchestrator, a);
		await expire(database);
		expect(await mutexes.renew(LOCK, refOf(a), 60_000)).toBeNull();
		expect(await mutexes.release(LOCK, refOf(a), { all: true })).toBeNull();
	});

	test('that runs out while a renewal waits for the row is over: the clock is read after the lock', async () => {
		const a = request('a', { leaseMs: 150 });
		const { leaseUntil } = await take(orchestrator, a);
		const letGo = await holdGuard();
		const renewal = mutexes.renew(LOCK, refOf(a), 60_000);
		await someoneWaits();
		while ((await database.query('select clock_timestamp() > $1 as over', [leaseUntil]))[0]?.over !== true) {
			await sleep(10);
		}
		await letGo();
		expect(await renewal).toBeNull();
	});

	test('never begins before the lock’s last change, even if the server’s clock went back', async () => {
		await take(orchestrator, request('a'));
		await mutexes.forceRelease(LOCK);
		await database.query(`update orchestrator.mutexes set last_at = clock_timestamp() + interval '1 hour'`);
		const { acquiredAt } = await take(orchestrator, request('b'));
		expect(acquiredAt.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
	});

	test('of a parked execution lasts until it wakes, plus grace; then it is an ordinary one again', async () => {
		const a = request('a');
		await take(orchestrator, a);
		const until = new Date(Date.now() + 7_200_000);
		expect(await mutexes.park(LOCK, refOf(a), until)).toEqual(until);
		expect(busy(await mutexes.acquire(request('b'))).holders).toMatchObject([{ status: 'parked' }]);
		const { leaseUntil, how } = acquired(await mutexes.ensure({ ...a, session: request('x').session }));
		expect(how).toBe('own');
		expect(leaseUntil.getTime()).toBeLessThan(Date.now() + 61_000);
	});
});

describe('a draining lock', () => {
	test('stays shut for its grace: neither renewed, nor released, nor entered again; then it opens', async () => {
		const a = request('a');
		await take(orchestrator, a);
		const opensAt = await mutexes.drain(LOCK, refOf(a), 300_000);
		expect(opensAt?.getTime()).toBeGreaterThan(Date.now() + 299_000);
		expect(await mutexes.drain(LOCK, refOf(a), 1)).toEqual(opensAt);
		expect(await mutexes.renew(LOCK, refOf(a), 60_000)).toBeNull();
		expect(await mutexes.release(LOCK, refOf(a), { all: true })).toBeNull();
		expect(busy(await mutexes.acquire(a)).reason).toBe('draining');
		expect(busy(await mutexes.acquire(request('b')))).toMatchObject({ reason: 'draining', retryAt: opensAt });
		await expire(database);
		expect(await take(orchestrator, request('b'))).toMatchObject({ how: 'new' });
		expect((await report()).incidents.map(({ kind }) => kind)).toEqual(['opened', 'drained']);
	});

	test('opens by hand, for one holder or altogether, and the hand is written down', async () => {
		const [a, b] = [request('a', { permits: 2 }), request('b', { permits: 2 })];
		const { fencingToken } = await take(orchestrator, a);
		await take(orchestrator, b);
		await mutexes.drain(LOCK, refOf(a), 300_000);
		expect(await mutexes.forceRelease(LOCK, fencingToken)).toBe(1);
		expect((await report()).holders).toMatchObject([{ executionId: 'b' }]);
		expect(await mutexes.forceRelease(LOCK)).toBe(1);
		expect(await mutexes.forceRelease(LOCK)).toBe(0);
		expect(await mutexes.forceRelease('never heard of')).toBe(0);
		expect((await report()).incidents.map(({ kind }) => kind)).toEqual(['forced', 'forced', 'drained']);
	});
});

describe('waiting', () => {
	const waiting = (id: string, workflowId = `wf-${id}`) => request(id, { onBusy: 'wait', workflowId });

	test('is for one execution per workflow: the next tick is skipped and counted', async () => {
		await take(orchestrator, request('h'));
		const [first, next] = [waiting('1', 'cron'), waiting('2', 'cron')];
		expect(busy(await mutexes.acquire(first)).reason).toBe('held');
		expect(busy(await mutexes.acquire(next)).reason).toBe('another_waits');
		expect(busy(await mutexes.acquire(first)).reason).toBe('held');
		const { waiters, contention } = await report();
		expect(waiters).toMatchObject([{ workflowId: 'cron', executionId: '1' }]);
		expect(contention).toMatchObject([{ workflowId: 'cron', blockedById: 'wf-h', skipped: 1, waited: 0 }]);
	});

	test('tells afterwards who waited for whom, and how long', async () => {
		const holder = request('h');
		await take(orchestrator, holder);
		const w = waiting('w');
		await mutexes.acquire(w);
		await database.query(`update orchestrator.mutex_waiters set since = since - interval '1500 ms'`);
		await mutexes.release(LOCK, refOf(holder));
		const { waitedMs } = await take(orchestrator, w);
		expect(waitedMs).toBeGreaterThanOrEqual(1500);
		expect(waitedMs).toBeLessThan(10_000);
		expect(await report()).toMatchObject({
			waiters: [],
			contention: [
				{ workflowName: 'Workflow w', blockedByName: 'Workflow h', waited: 1, waitedMsMax: waitedMs },
			],
		});
	});

	test('that ends without the lock is counted and makes room for the next', async () => {
		await take(orchestrator, request('h'));
		const [w, next] = [waiting('1', 'cron'), waiting('2', 'cron')];
		await mutexes.acquire(w);
		expect(await mutexes.stopWaiting(LOCK, refOf(w))).toBeGreaterThanOrEqual(0);
		expect(await mutexes.stopWaiting(LOCK, refOf(w))).toBeNull();
		expect(busy(await mutexes.acquire(next)).reason).toBe('held');
		expect((await report()).contention).toMatchObject([{ gaveUp: 1, skipped: 0 }]);
	});

	test('is first come, first served: nobody overtakes, not even one that would not wait', async () => {
		const holder = request('h');
		await take(orchestrator, holder);
		const [first, second] = [waiting('1'), waiting('2')];
		await mutexes.acquire(first);
		await mutexes.acquire(second);
		await mutexes.release(LOCK, refOf(holder));
		expect(busy(await mutexes.acquire(request('s'))).reason).toBe('waiters_first');
		expect(busy(await mutexes.acquire(second)).reason).toBe('waiters_first');
		expect(await take(orchestrator, first)).toMatchObject({ how: 'new' });
	});

	test('by a process that died holds nobody up', async () => {
		const holder = request('h');
		await take(orchestrator, holder);
		await mutexes.acquire(waiting('1', 'cron'));
		await database.query(`update orchestrator.mutex_waiters set seen_until = clock_timestamp()`);
		expect(busy(await mutexes.acquire(waiting('2', 'cron'))).reason).toBe('held');
		await database.query(`update orchestrator.mutex_waiters set seen_until = clock_timestamp()`);
		await mutexes.release(LOCK, refOf(holder));
		expect(await take(orchestrator, request('s'))).toMatchObject({ how: 'new' });
	});

	test('skips and failures are counted against the workflow that held', async () => {
		await take(orchestrator, request('h'));
		await mutexes.acquire(request('s'));
		await mutexes.acquire(request('s', { onBusy: 'fail' }));
		expect((await report()).contention).toMatchObject([
			{ workflowId: 'wf-s', blockedById: 'wf-h', skipped: 1, failed: 1 },
		]);
	});
});

describe('what one process asks for at the same time', () => {
	test('is answered each for itself, whatever else is in the same call', async () => {
		const asked = Array.from({ length: 60 }, (_, n) => request(`${n}`, { lock: `lock ${n % 20}` }));
		for (const { lock } of asked.slice(0, 15)) await mutexes.acquire(request('warm', { lock }));
		for (const { lock } of asked.slice(0, 15)) await mutexes.forceRelease(lock);
		const answers = await Promise.all(asked.map((one) => mutexes.acquire(one)));
		for (const [index, answer] of answers.entries()) {
			const { executionId, lock } = asked[index] ?? request('none');
			const [found] = await mutexes.inspect(lock);
			const holds = found?.holders.find((holder) => holder.executionId === executionId);
			expect(answer.outcome).toBe(holds ? 'acquired' : 'busy');
			if (answer.outcome === 'acquired') expect(answer.fencingToken).toBe(holds?.fencingToken);
		}
		expect(answers.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(20);
		const left = await Promise.all(asked.map((one) => mutexes.release(one.lock, refOf(one))));
		expect(left).toEqual(answers.map(({ outcome }) => (outcome === 'acquired' ? 0 : null)));
	});

	test('does not wait for a lock whose row another transaction has', async () => {
		const [a, other] = [request('a'), request('b', { lock: 'other' })];
		await take(orchestrator, a);
		await take(orchestrator, other);
		const letGo = await holdGuard();
		const waits = mutexes.release(LOCK, refOf(a));
		expect(await mutexes.release('other', refOf(other))).toBe(0);
		expect(await take(orchestrator, request('d', { lock: 'other' }))).toMatchObject({ how: 'new' });
		await letGo();
		expect(await waits).toBe(0);
	});
});

describe('cleaning up', () => {
	test('removes holds that nobody asked for again, and is part of every recovery', async () => {
		await take(orchestrator, request('a'));
		await take(orchestrator, request('b', { lock: 'other' }));
		expect(await mutexes.clean()).toBe(0);
		await expire(database, 'a');
		expect(await mutexes.clean()).toBe(1);
		await expire(database, 'b');
		await orchestrator.runs.recover();
		expect(await database.query('select 1 from orchestrator.mutex_holds')).toEqual([]);
	});

	test('forgets a lock that was idle for a month; its tokens go on rising', async () => {
		const a = request('a');
		const { fencingToken } = await take(orchestrator, a);
		await mutexes.release(LOCK, refOf(a));
		await database.query(`update orchestrator.mutexes set last_at = clock_timestamp() - interval '31 days'`);
		await mutexes.clean();
		expect(await mutexes.inspect(LOCK)).toEqual([]);
		expect((await take(orchestrator, request('b'))).fencingToken).toBeGreaterThan(fencingToken);
	});
});

describe('a function of the lock', () => {
	test('refuses any isolation level but READ COMMITTED', async () => {
		const client = await database.client();
		await client.query('begin isolation level repeatable read');
		const call = client.query('select orchestrator.mutex_acquire($1)', [
			JSON.stringify({ ...request('a'), waiterMs: 1, mode: 'acquire' }),
		]);
		await expect(call).rejects.toMatchObject({ code: 'OR001' });
		await client.query('rollback');
	});

	test('takes any name as a value, never as SQL', async () => {
		for (const lock of [
			`'; drop table orchestrator.mutexes; --`,
			'"$1" %s \\',
			'🔒 schlüssel 日本',
			'a'.repeat(200),
		]) {
			await take(orchestrator, request('a', { lock }));
			expect(await mutexes.inspect(lock)).toMatchObject([{ lock, holders: [{ executionId: 'a' }] }]);
		}
	});
});
