import type { ForeignWorkflow } from '../../generator/wrap';
import { OWN_PACKAGE } from '../../generator/catalogue';
import type { LockStage } from './lock-stage';
import { until } from './verdict';
import { webhook, workflowOf } from './witnessed-workflow';

/** How an execution can end, seen on a host: the same in regular and in queue mode. Each scene has a lock of its own. */

const WORK_MS = 6000;

export async function endsWithSuccess(locks: LockStage): Promise<void> {
	await locks.publish({ name: 'Succeeding', workMs: 20 }, 'success');
	await locks.fire('Succeeding');
	await locks.untilEnded('Succeeding', 'success');
	await locks.untilOpen('success');
}

export async function endsWithAnError(locks: LockStage): Promise<void> {
	await locks.publish({ name: 'Failing', workMs: 20, then: 'fail' }, 'failing');
	await locks.fire('Failing');
	await locks.untilEnded('Failing', 'error');
	await locks.untilOpen('failing');
}

/** The next one works when the grace is over, and by then the node that was running has ended. */
export async function isStopped(locks: LockStage): Promise<void> {
	await locks.publish({ name: 'Stopped', workMs: WORK_MS }, 'stopped', { graceSeconds: 9 });
	await locks.publish({ name: 'After Stop', workMs: 20 }, 'stopped');
	await locks.fire('Stopped');
	await untilWorks(locks, 'Stopped');
	await locks.stopExecution('Stopped');
	await locks.untilDraining('stopped');
	await locks.fire('After Stop');
	await untilWorks(locks, 'After Stop');
	expect(locks.overlaps('Stopped', 'After Stop')).toBe(0);
}

/** Long before the grace is over, the operator's own Release with Force opens it. */
export async function isStoppedAndOpenedByHand(locks: LockStage): Promise<void> {
	await locks.publish({ name: 'Stuck', workMs: WORK_MS }, 'stuck', { graceSeconds: 3600 });
	await locks.publishAny(openingByHand('Open Stuck', 'stuck'));
	await locks.fire('Stuck');
	await untilWorks(locks, 'Stuck');
	await locks.stopExecution('Stuck');
	await locks.untilDraining('stuck');
	await locks.fire('Open Stuck');
	await locks.untilOpen('stuck');
}

export async function timesOut(locks: LockStage): Promise<void> {
	const settings = { executionTimeout: 2 };
	await locks.publish({ name: 'Timed out', workMs: WORK_MS, settings }, 'timeout', { graceSeconds: 9 });
	await locks.publish({ name: 'After Timeout', workMs: 20 }, 'timeout');
	await locks.fire('Timed out');
	await locks.untilDraining('timeout');
	await locks.fire('After Timeout');
	await untilWorks(locks, 'After Timeout');
	expect(locks.overlaps('Timed out', 'After Timeout')).toBe(0);
}

/** Parked, it leaves the lock to another; called back while that one works, it waits for the lock before it goes on. */
export async function parks(locks: LockStage): Promise<void> {
	await locks.publish({ name: 'Parked', workMs: 1000, then: 'park' }, 'parked');
	await locks.publish({ name: 'Meanwhile', workMs: 2000 }, 'parked');
	await locks.fire('Parked');
	await locks.untilEnded('Parked', 'waiting');
	await locks.untilOpen('parked');
	await locks.fire('Meanwhile');
	await untilWorks(locks, 'Meanwhile');
	await locks.resume('Parked');
	await untilWorks(locks, 'Parked', 2);
	expect((await locks.holds('parked')).map(({ status }) => status)).toEqual(['held']);
	expect(locks.overlaps('Parked', 'Meanwhile')).toBe(0);
	expect(locks.seen('Meanwhile').map(({ event }) => event)).toEqual(['begin', 'end']);
	await locks.untilOpen('parked');
}

/** The called one parks, and n8n parks its caller with it; the caller takes its lock again before it goes on. */
export async function callsOneThatParks(locks: LockStage): Promise<void> {
	const inner = { name: 'Inner', workMs: 20, trigger: 'another workflow', then: 'park' } as const;
	const called = workflowOf(inner, locks.witness.url);
	const id = await locks.publishAny(called);
	const outer = workflowOf({ name: 'Outer', workMs: 20, calls: id }, locks.witness.url);
	await locks.publishAny(outer, { lock: 'outer', others: [{ ...called, id }] });
	await locks.publish({ name: 'Meanwhile Outer', workMs: 2000 }, 'outer');
	await locks.fire('Outer');
	await locks.untilEnded('Outer', 'waiting');
	await locks.untilOpen('outer');
	await locks.fire('Meanwhile Outer');
	await untilWorks(locks, 'Meanwhile Outer');
	await locks.resume('Inner');
	await untilWorks(locks, 'Inner', 2);
	await untilWorks(locks, 'Outer', 2);
	expect(locks.overlaps('Outer', 'Meanwhile Outer')).toBe(0);
	expect(locks.seen('Meanwhile Outer').map(({ event }) => event)).toEqual(['begin', 'end']);
	await locks.untilOpen('outer');
}

/** What `kill` ends cannot give anything back; the next one works when the lease has ended, and not before. */
export async function isKilled(
	locks: LockStage,
	{ kill, revive }: { kill(): Promise<void>; revive(): Promise<void> },
): Promise<void> {
	await locks.publish({ name: 'Killed', workMs: 20_000 }, 'killed', { leaseSeconds: 20 });
	await locks.fire('Killed');
	await untilWorks(locks, 'Killed');
	await kill();
	const [hold] = await locks.holds('killed');
	expect(hold?.status).toBe('held');
	await revive();
	await until('n8n answers', async () => await locks.fire('Killed').catch(() => false), 60_000);
	await untilWorks(locks, 'Killed', 2);
	const again = locks.seen('Killed').filter(({ event }) => event === 'begin')[1];
	expect(again?.atMs).toBeGreaterThanOrEqual(hold?.leaseUntil.getTime() ?? Infinity);
	await locks.stopExecution('Killed');
}

async function untilWorks(locks: LockStage, name: string, times = 1): Promise<void> {
	await until(`“${name}” works (${times})`, async () => locks.begins(name) === times, 60_000, 20);
}

/** Webhook → Release with Force, as the docs tell an operator to open a stuck lock. */
function openingByHand(name: string, lock: string): ForeignWorkflow {
	const release = {
		parameters: { operation: 'release', lock, options: { force: true } },
		id: 'release',
		name: 'Release',
		type: `${OWN_PACKAGE}.workflowMutex`,
		typeVersion: 1,
		position: [220, 0],
		credentials: { orchestratorPostgres: { id: null, name: 'Orchestrator Postgres account' } },
	};
	return {
		name,
		nodes: [{ id: 'webhook', position: [0, 0], ...webhook(name) }, release],
		connections: { Webhook: { main: [[{ node: 'Release', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}
