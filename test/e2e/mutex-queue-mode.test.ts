import * as execution from '../support/lock-endings';
import { type LockStage, startLockStage } from '../support/lock-stage';
import { type Answers, expectTheClockToWaitItsTurn, startLongHolder } from '../support/long-holder';
import { expectNoOverlapIn } from '../support/many-rounds';
import { startRedis } from '../support/redis';
import { expectTheSameBranches, expectTheSameItems } from '../support/same-outputs';
import { quantile } from '../support/verdict';

const HOLDER_MS = 120_000;

let locks: LockStage;
let redis: { port: number; stop(): Promise<void> };
/** Goes on beside the tests before the one that judges it, so that the worker has other work too. */
let besideTheHolder: { answers: Promise<Answers> };

beforeAll(async () => {
	redis = await startRedis();
	locks = await startLockStage('mutex-queue', { redisPort: redis.port });
	besideTheHolder = await startLongHolder(locks, HOLDER_MS);
}, 240_000);
afterAll(async () => {
	await locks?.close();
	await redis?.stop();
}, 60_000);

describe('a workflow that is wrapped in its place and runs in a worker', () => {
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

describe('an execution in a worker leaves its lock', () => {
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
});

describe('a worker with five places', () => {
	test('answers every callback within 2 s, and starts other work, beside a holder of 2 minutes and a one-minute cron that waits for it', async () => {
		const { executionsMs, callbacksMs, callbackStatuses } = await besideTheHolder.answers;
		for (const [what, each] of Object.entries({ executionsMs, callbacksMs })) {
			const [p50, p95, most] = [0.5, 0.95, 1].map((q) => Math.round(quantile(each, q)));
			console.log(`${what} beside the holder: ${each.length}, p50 ${p50}, p95 ${p95}, most ${most}`);
		}
		expect(executionsMs.length).toBeGreaterThan(20);
		expect(Math.max(...callbacksMs)).toBeLessThan(2000);
		// From the call to the end of the work: one that found no place would wait for the rest of the two minutes.
		expect(quantile(executionsMs, 0.95)).toBeLessThan(2000);
		expect(Math.max(...executionsMs)).toBeLessThan(10_000);
		expect([...callbackStatuses]).toEqual([200]);
		await expectTheClockToWaitItsTurn(locks);
	}, 300_000);

	test('lets wrapped workflows that are fired together 50 times never overlap, and loses none', async () => {
		await expectNoOverlapIn(50, locks);
	}, 300_000);

	test('that is killed leaves the lock to its lease: the next one works when that has ended, not before', async () => {
		const { killWorker, startWorker } = locks.stage;
		await execution.isKilled(locks, { kill: killWorker, revive: startWorker });
	}, 180_000);
});
