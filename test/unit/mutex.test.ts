import fc from 'fast-check';
import {
	endOfHold,
	GRACE_SECONDS,
	LEASE_SECONDS,
	lockBusyError,
	LONGEST_PARK_MS,
	type MutexBusy,
	nextKeepStep,
	nextLookMs,
	parseLimited,
	parseLockName,
	PERMITS,
} from '../../core';

describe('a lock name', () => {
	test.each([
		'crm-sync',
		'日本 🔒',
		'a',
		'x'.repeat(200),
		'🔒'.repeat(200),
		'  spaced  ',
		'__proto__',
		"'; drop table",
	])('may be any Unicode text: %s', (name) => expect(parseLockName(name)).toBe(name));

	test('is one lock however its accents were typed', () => {
		expect(parseLockName('cafe\u0301')).toBe(parseLockName('caf\u00e9'));
	});

	test.each([
		['', 'only blanks or nothing'],
		['   ', 'only blanks or nothing'],
		['x'.repeat(201), 'at most 200 characters, got 201'],
		['a\u0000b', 'U+0000 at position 1'],
		['line\nbreak', 'U+000A at position 4'],
		['half \ud83d', 'U+D83D'],
		[undefined, 'must be text, got undefined'],
		[{ a: 1 }, 'must be text, got object'],
	])('that cannot be one is refused with the reason: %j', (name, reason) => {
		expect(() => parseLockName(name)).toThrow(reason);
	});
});

describe('a limit', () => {
	test('has a default, takes a number or its text, and names value and bounds when broken', () => {
		expect(parseLimited(LEASE_SECONDS, undefined)).toBe(60);
		expect(parseLimited(LEASE_SECONDS, '')).toBe(60);
		expect(parseLimited(LEASE_SECONDS, '90')).toBe(90);
		expect(parseLimited(GRACE_SECONDS, 0)).toBe(0);
		expect(() => parseLimited(LEASE_SECONDS, 0)).toThrow(
			'Lease (Seconds) must be a number from 1 to 86400, got 0',
		);
		expect(() => parseLimited(LEASE_SECONDS, -5)).toThrow('got -5');
		expect(() => parseLimited(LEASE_SECONDS, Number.NaN)).toThrow('got NaN');
		expect(() => parseLimited(LEASE_SECONDS, 'soon')).toThrow('got “soon”');
		expect(() => parseLimited(LEASE_SECONDS, null)).toThrow('got null');
		expect(() => parseLimited(PERMITS, 1.5, true)).toThrow(
			'Permits must be a whole number from 1 to 1000, got 1.5',
		);
	});
});

describe('a wait', () => {
	test('looks soon at first, later about every second, and a last time when its time is over', () => {
		const look = (attempt: number, waitedMs = 0) =>
			nextLookMs({ attempt, waitedMs, maxWaitMs: 60_000, draw: 0.5 });
		expect([1, 2, 3, 4].map((attempt) => Math.round(look(attempt) ?? 0))).toEqual([100, 160, 256, 410]);
		expect(look(50)).toBe(1000);
		expect(look(50, 59_900)).toBe(100);
		expect(look(50, 60_000)).toBeNull();
		expect(nextLookMs({ attempt: 1, waitedMs: 0, maxWaitMs: 0, draw: 0 })).toBeNull();
	});

	test('never waits longer than it may', () => {
		const draw = fc.double({ min: 0, max: 0.999, noNaN: true });
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 600_000 }),
				fc.array(draw, { maxLength: 2000 }),
				(maxWaitMs, draws) => {
					let waitedMs = 0;
					for (const [index, each] of draws.entries()) {
						const pause = nextLookMs({ attempt: index + 1, waitedMs, maxWaitMs, draw: each });
						if (pause === null) break;
						expect(pause).toBeGreaterThan(0);
						expect(pause).toBeLessThanOrEqual(1250);
						waitedMs += pause;
					}
					expect(waitedMs).toBeLessThanOrEqual(maxWaitMs + 1e-6);
				},
			),
		);
	});
});

describe('what a keeper does next', () => {
	const now = new Date('2026-01-01T12:00:00Z');
	const later = (ms: number) => new Date(now.getTime() + ms);
	const state = {
		now,
		renewedAt: now,
		leaseMs: 60_000,
		graceMs: 300_000,
		wakesAt: null,
		holdWhileWaiting: false,
	};

	test('is to renew every third of the lease', () => {
		expect(nextKeepStep({ ...state, renewedAt: later(-19_999) })).toEqual({ do: 'nothing' });
		expect(nextKeepStep({ ...state, renewedAt: later(-20_000) })).toEqual({ do: 'renew' });
	});

	test('is to release while parked, or to hold until the wake time plus grace, a month at most', () => {
		const parked = { ...state, wakesAt: later(3_600_000) };
		expect(nextKeepStep(parked)).toEqual({ do: 'release' });
		expect(nextKeepStep({ ...parked, holdWhileWaiting: true })).toEqual({
			do: 'park',
			until: later(3_900_000),
		});
		const forever = { ...parked, wakesAt: new Date('3000-01-01T00:00:00Z'), holdWhileWaiting: true };
		expect(nextKeepStep(forever)).toEqual({ do: 'park', until: later(LONGEST_PARK_MS) });
	});

	test('is at the end to release, but to drain after Stop, and when in doubt', () => {
		expect([endOfHold(false), endOfHold(true), endOfHold(undefined)]).toEqual(['release', 'drain', 'drain']);
	});
});

test('a busy lock is explained with the holder, the wait and when it opens', () => {
	const at = new Date('2026-01-01T12:00:00Z');
	const held: MutexBusy = {
		outcome: 'busy',
		reason: 'draining',
		retryAt: at,
		holders: [
			{
				instance: 'i',
				executionId: '7',
				workflowId: 'w',
				workflowName: 'CRM',
				nodeName: 'Acquire',
				parentExecutionId: null,
				fencingToken: 1,
				count: 1,
				status: 'draining',
				acquiredAt: at,
				renewedAt: at,
				leaseUntil: at,
			},
		],
	};
	const { message, code } = lockBusyError('crm', held, 1500);
	expect(code).toBe('MO_LOCK_BUSY');
	expect(message).toBe(
		'The lock “crm” is draining: execution 7 of “CRM” (node “Acquire”) was stopped, and its last node may still work. It was waited for 1.5 s. It opens at 2026-01-01T12:00:00.000Z.',
	);
	const reasons = (['held', 'waiters_first', 'another_waits'] as const).map(
		(reason) => lockBusyError('crm', { ...held, reason, holders: [] }, 0).message,
	);
	expect(new Set(reasons).size).toBe(3);
	expect(reasons.join()).not.toMatch(/undefined|waited for 0/);
});
