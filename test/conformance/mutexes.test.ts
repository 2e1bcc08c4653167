import type { MutexRequest } from '../../core';
import { acquired, busy, LOCK, refOf, request } from '../postgres/mutex-scenario';
import { conform, minutesBetween } from './conform';

conform('named locks', (house) => {
	const locks = () => house().ports.mutexes;
	const take = async (asked: MutexRequest) => acquired(await locks().acquire(asked));
	const turnedAway = async (asked: MutexRequest) => busy(await locks().acquire(asked));

	test('one holds the lock; another is told who, and until when', async () => {
		const a = request('a');
		const held = await take(a);
		expect(held).toMatchObject({ how: 'new', count: 1, waitedMs: 0 });
		expect(minutesBetween(await house().now(), held.leaseUntil)).toBe(1);
		expect(await turnedAway(request('b'))).toMatchObject({
			reason: 'held',
			holders: [{ executionId: 'a', workflowId: 'wf-a', fencingToken: held.fencingToken, status: 'held' }],
			retryAt: held.leaseUntil,
		});
	});

	test('what is given back is free, and every new holder has a higher token', async () => {
		const a = request('a');
		const first = await take(a);
		expect(await locks().release(LOCK, refOf(a))).toBe(0);
		expect(await locks().release(LOCK, refOf(a))).toBeNull();
		const second = await take(request('b'));
		expect(second.fencingToken).toBeGreaterThan(first.fencingToken);
	});

	test('an execution enters again under its token and holds until its last release', async () => {
		const a = request('a');
		const first = await take(a);
		expect(await take(a)).toMatchObject({ how: 'own', count: 2, fencingToken: first.fencingToken });
		expect(await locks().release(LOCK, refOf(a))).toBe(1);
		await turnedAway(request('b'));
		expect(await locks().release(LOCK, refOf(a))).toBe(0);
		await take(request('b'));
	});

	test('its end gives everything back at once', async () => {
		const a = request('a');
		await take(a);
		await take(a);
		expect(await locks().release(LOCK, { ...refOf(a), session: null }, { all: true })).toBe(0);
		await take(request('b'));
	});

	test('ensure renews what is held without counting it, and acquires what is not', async () => {
		const a = request('a');
		expect(acquired(await locks().ensure(a))).toMatchObject({ how: 'new', count: 1 });
		expect(acquired(await locks().ensure(a))).toMatchObject({ how: 'own', count: 1 });
	});

	test('a lease that ran out frees the lock; its holder can do nothing with it any more', async () => {
		const a = request('a');
		const first = await take(a);
		await house().pass(90);
		expect((await locks().inspect(LOCK))[0]).toMatchObject({ holders: [], overdue: [{ executionId: 'a' }] });
		const second = await take(request('b'));
		expect(second.fencingToken).toBeGreaterThan(first.fencingToken);
		expect(await locks().renew(LOCK, refOf(a), 60_000)).toBeNull();
		expect(await locks().drain(LOCK, refOf(a), 60_000)).toBeNull();
		expect(await locks().release(LOCK, refOf(a))).toBeNull();
		expect((await locks().inspect(LOCK))[0]?.incidents).toMatchObject([
			{ kind: 'expired', holder: { executionId: 'a' } },
		]);
	});

	test('a renewed lease goes on, by the node run that holds it', async () => {
		const a = request('a');
		await take(a);
		await house().pass(45);
		const until = await locks().renew(LOCK, refOf(a), 120_000);
		expect(minutesBetween(await house().now(), until)).toBe(2);
		const other = { ...refOf(a), session: request('a').session };
		expect(await locks().renew(LOCK, other, 120_000)).toBeNull();
	});

	test('of another instance or era, the same execution id is somebody else', async () => {
		await take(request('a'));
		await turnedAway(request('a', { instance: 'instance-2' }));
		await turnedAway(request('a', { era: '2' }));
	});

	test('with several permits so many hold, and of nodes that disagree the lowest number counts', async () => {
		await take(request('a', { permits: 3 }));
		await take(request('b', { permits: 3 }));
		expect((await turnedAway(request('c', { permits: 2 }))).reason).toBe('held');
		const [, second] = (await turnedAway(request('c', { permits: 2 }))).holders;
		expect(second?.executionId).toBe('b');
		await take(request('d', { permits: 3 }));
	});

	test('a called execution joins the lock of its caller, and the lock opens with the last of them', async () => {
		const a = request('a');
		const child = request('child', { callers: ['parent', 'a'] });
		const held = await take(a);
		expect(await take(child)).toMatchObject({ how: 'caller', fencingToken: held.fencingToken });
		await locks().release(LOCK, refOf(a));
		await turnedAway(request('b'));
		await locks().release(LOCK, refOf(child));
		await take(request('b'));
	});

	test('a draining lock is renewed, joined and given back by nobody, and opens after its grace', async () => {
		const a = request('a');
		await take(a);
		const opensAt = await locks().drain(LOCK, refOf(a), 300_000);
		expect(minutesBetween(await house().now(), opensAt)).toBe(5);
		expect(await locks().drain(LOCK, refOf(a), 1)).toEqual(opensAt);
		expect(await locks().renew(LOCK, refOf(a), 60_000)).toBeNull();
		expect(await locks().release(LOCK, refOf(a))).toBeNull();
		expect((await turnedAway(a)).reason).toBe('draining');
		expect((await turnedAway(request('child', { callers: ['a'] }))).reason).toBe('draining');
		await house().pass(330);
		await take(request('b'));
		const kinds = (await locks().inspect(LOCK))[0]?.incidents.map((each) => each.kind);
		expect(kinds).toEqual(['opened', 'drained']);
	});

	test('a parked execution holds until its time, and its next acquire is a short lease again', async () => {
		const a = request('a');
		await take(a);
		const until = new Date((await house().now()).getTime() + 3_600_000);
		expect(await locks().park(LOCK, refOf(a), until)).toEqual(until);
		await house().pass(1800);
		expect((await turnedAway(request('b'))).holders).toMatchObject([{ status: 'parked' }]);
		const woken = await take(a);
		expect(woken.how).toBe('own');
		expect(minutesBetween(await house().now(), woken.leaseUntil)).toBe(1);
	});

	test('a lease is never shortened by an acquire of its holder', async () => {
		const a = request('a', { leaseMs: 600_000 });
		await take(a);
		const again = await take({ ...a, leaseMs: 60_000 });
		expect(minutesBetween(await house().now(), again.leaseUntil)).toBe(10);
	});

	test('opened by force, the lock is free, by token or altogether, and it is written down', async () => {
		const first = await take(request('a', { permits: 2 }));
		await take(request('b', { permits: 2 }));
		expect(await locks().forceRelease(LOCK, first.fencingToken)).toBe(1);
		expect(await locks().forceRelease(LOCK)).toBe(1);
		expect(await locks().forceRelease(LOCK)).toBe(0);
		expect(await locks().forceRelease('nobody’s')).toBe(0);
		const [seen] = await locks().inspect(LOCK);
		expect(seen?.incidents.map(({ kind, holder }) => [kind, holder.executionId])).toEqual([
			['forced', 'b'],
			['forced', 'a'],
		]);
	});

	test('clean takes out what ran out, and answers how much that was', async () => {
		await take(request('a'));
		await take(request('a', { lock: 'other' }));
		expect(await locks().clean()).toBe(0);
		await house().pass(90);
		expect(await locks().clean()).toBe(2);
		expect(await locks().inspect()).toEqual([]);
		expect(await locks().inspect('never asked for')).toEqual([]);
	});
});

conform('waiting for a lock', (house) => {
	const locks = () => house().ports.mutexes;
	const wait = (executionId: string, over: Partial<MutexRequest> = {}) =>
		request(executionId, { onBusy: 'wait', ...over });

	test('who waits comes first, in the order of the first look', async () => {
		const a = request('a');
		const [b, c] = [wait('b'), wait('c')];
		await locks().acquire(a);
		expect(busy(await locks().acquire(b)).reason).toBe('held');
		await house().pass(1);
		await locks().acquire(c);
		await locks().release(LOCK, refOf(a));
		expect(busy(await locks().acquire(request('d')))).toMatchObject({ reason: 'waiters_first', holders: [] });
		expect(busy(await locks().acquire(c)).reason).toBe('waiters_first');
		expect(acquired(await locks().acquire(b)).waitedMs).toBeGreaterThanOrEqual(1000);
	});

	test('one execution a workflow waits; the next is told so', async () => {
		await locks().acquire(request('a'));
		await locks().acquire(wait('b', { workflowId: 'wf' }));
		expect(busy(await locks().acquire(wait('c', { workflowId: 'wf' }))).reason).toBe('another_waits');
		expect(busy(await locks().acquire(wait('b', { workflowId: 'wf' }))).reason).toBe('held');
	});

	test('a waiter that asks no more does not count any more', async () => {
		const a = request('a');
		await locks().acquire(a);
		await locks().acquire(wait('b'));
		await house().pass(30);
		expect((await locks().inspect(LOCK))[0]?.waiters).toEqual([]);
		await locks().release(LOCK, refOf(a));
		acquired(await locks().acquire(request('c')));
	});

	test('a wait that ends without the lock leaves its place, and answers how long it was', async () => {
		const b = wait('b');
		await locks().acquire(request('a'));
		await locks().acquire(b);
		await house().pass(2);
		expect(await locks().stopWaiting(LOCK, refOf(b))).toBeGreaterThanOrEqual(2000);
		expect(await locks().stopWaiting(LOCK, refOf(b))).toBeNull();
		expect((await locks().inspect(LOCK))[0]?.waiters).toEqual([]);
	});

	test('the report tells who had to wait for whom, and what became of it', async () => {
		const a = request('a');
		const b = wait('b');
		await locks().acquire(a);
		await locks().acquire(request('c'));
		await locks().acquire(request('c', { onBusy: 'fail' }));
		await locks().acquire(b);
		await house().pass(2);
		await locks().release(LOCK, refOf(a));
		await locks().acquire(b);
		const [seen] = await locks().inspect(LOCK);
		expect(seen).toMatchObject({ acquisitions: 2, permits: 1, holders: [{ executionId: 'b' }] });
		expect(seen?.contention).toMatchObject([
			{ workflowId: 'wf-b', blockedById: 'wf-a', waited: 1, gaveUp: 0, skipped: 0, failed: 0 },
			{ workflowId: 'wf-c', blockedById: 'wf-a', waited: 0, skipped: 1, failed: 1 },
		]);
		expect(seen?.contention[0]?.waitedMsMax).toBeGreaterThanOrEqual(2000);
	});
});
