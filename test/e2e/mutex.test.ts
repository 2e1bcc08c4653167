import { type LockStage, startLockStage } from '../support/lock-stage';
import * as execution from '../support/lock-endings';
import { expectNoOverlapIn } from '../support/many-rounds';
import { expectTheSameBranches, expectTheSameItems } from '../support/same-outputs';

let locks: LockStage;

beforeAll(async () => {
	locks = await startLockStage('mutex');
}, 240_000);
afterAll(async () => await locks?.close(), 60_000);

describe('two workflows that are fired together 50 times', () => {
	test('overlap as they are: the witness sees it', async () => {
		await locks.publish({ name: 'Bare A', workMs: 500 });
		await locks.publish({ name: 'Bare B', workMs: 500 });
		await locks.fireTogether(['Bare A', 'Bare B'], 5);
		expect(locks.overlaps('Bare A', 'Bare B')).toBeGreaterThan(0);
	}, 120_000);

	test('never overlap when wrapped in the same lock, and none is lost', async () => {
		await expectNoOverlapIn(50, locks);
	}, 300_000);
});

describe('a workflow that is wrapped in its place', () => {
	test.each(['v1', 'v0'] as const)(
		'gives the items it gave, node by node, in order and paired, in execution order %s',
		async (order) => await expectTheSameItems(locks, order),
		120_000,
	);

	test.each(['v1', 'v0'] as const)(
		'runs the branches of two triggers before one Merge as it did, in execution order %s',
		async (order) => await expectTheSameBranches(locks, order),
		120_000,
	);
});

describe('an execution leaves its lock', () => {
	test('open after success', async () => await execution.endsWithSuccess(locks), 90_000);

	test('open after an error', async () => await execution.endsWithAnError(locks), 90_000);

	test('draining after Stop, so that the next one works only after the node that was running', async () => {
		await execution.isStopped(locks);
	}, 120_000);

	test('draining after Stop until an operator opens it by hand', async () => {
		await execution.isStoppedAndOpenedByHand(locks);
	}, 120_000);

	test('draining after its timeout, so that the next one works only after the node that was running', async () => {
		await execution.timesOut(locks);
	}, 120_000);

	test('open while it is parked in a Wait, and takes it again before it goes on', async () => {
		await execution.parks(locks);
	}, 120_000);

	test('open while the workflow that it called is parked, and takes it again before it goes on', async () => {
		await execution.callsOneThatParks(locks);
	}, 120_000);

	test('to its lease after SIGKILL of n8n: the next one works when that has ended, not before', async () => {
		const { killN8n, startN8n } = locks.stage;
		await execution.isKilled(locks, { kill: killN8n, revive: startN8n });
	}, 180_000);
});
