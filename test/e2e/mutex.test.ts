import { type LockStage, startLockStage } from '../support/lock-stage';
import { until } from '../support/verdict';
import { overlaps } from '../support/witness';

const ROUNDS = 50;

let locks: LockStage;

beforeAll(async () => {
	locks = await startLockStage('mutex');
}, 240_000);
beforeEach(() => locks.witness.forget());
afterAll(async () => await locks?.close(), 60_000);

describe('two workflows that are fired together 50 times', () => {
	test('overlap as they are: the witness sees it', async () => {
		await locks.publish({ name: 'Bare A', workMs: 60 });
		await locks.publish({ name: 'Bare B', workMs: 60 });
		await locks.fireTogether(['Bare A', 'Bare B'], 5);
		expect(overlaps(locks.witness.seen)).toBeGreaterThan(0);
	}, 120_000);

	test('never overlap when wrapped in the same lock, and none is lost', async () => {
		await locks.publish({ name: 'Wrapped A', workMs: 60 }, 'shared');
		await locks.publish({ name: 'Wrapped B', workMs: 60 }, 'shared');
		await locks.fireTogether(['Wrapped A', 'Wrapped B'], ROUNDS);
		expect(overlaps(locks.witness.seen)).toBe(0);
		expect(locks.witness.seen.filter(({ event }) => event === 'end')).toHaveLength(2 * ROUNDS);
		await locks.untilOpen('shared');
	}, 300_000);
});

describe('an execution leaves its lock', () => {
	test('open after an error', async () => {
		await locks.publish({ name: 'Failing', workMs: 20, then: 'fail' }, 'failing');
		await locks.fire('Failing');
		await locks.untilEnded('Failing', 'error');
		await locks.untilOpen('failing');
	}, 60_000);

	test('draining after Stop, so that the next one works only after the node that was running', async () => {
		await locks.publish({ name: 'Stopped', workMs: 10_000 }, 'stopped', { graceSeconds: 15 });
		await locks.fire('Stopped');
		await until('it works', async () => locks.begins('Stopped') === 1, 20_000);
		await locks.stopExecution('Stopped');
		await untilDraining('stopped');
		await locks.fire('Stopped');
		await until('the next one works', async () => locks.begins('Stopped') === 2, 40_000, 50);
		expect(overlaps(locks.witness.seen)).toBe(0);
		await locks.stopExecution('Stopped');
	}, 120_000);

	test('draining after its timeout, and open when the grace is over', async () => {
		const settings = { executionTimeout: 2 };
		await locks.publish({ name: 'Timed out', workMs: 6000, settings }, 'timeout', { graceSeconds: 10 });
		await locks.fire('Timed out');
		await untilDraining('timeout');
		await locks.untilOpen('timeout');
	}, 90_000);

	test('open while it is parked in a Wait', async () => {
		await locks.publish({ name: 'Parked', workMs: 20, then: 'park' }, 'parked');
		await locks.fire('Parked');
		await locks.untilEnded('Parked', 'waiting');
		await locks.untilOpen('parked');
	}, 60_000);

	test('to its lease after SIGKILL: the next one works when that has ended', async () => {
		await locks.publish({ name: 'Killed', workMs: 20_000 }, 'killed', { leaseSeconds: 20 });
		await locks.fire('Killed');
		await until('it works', async () => locks.begins('Killed') === 1, 20_000);
		await locks.stage.killN8n();
		expect(await locks.holds('killed')).toEqual(['held']);
		await locks.stage.startN8n();
		await until('n8n answers', async () => await locks.fire('Killed').catch(() => false), 60_000);
		await until('the next one works', async () => locks.begins('Killed') === 2, 60_000);
		await locks.stopExecution('Killed');
	}, 180_000);
});

async function untilDraining(lock: string): Promise<void> {
	await until('the lock drains', async () => (await locks.holds(lock))[0] === 'draining', 20_000);
}
