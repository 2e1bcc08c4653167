import { type LockStage, startLockStage } from '../support/lock-stage';
import { startRedis } from '../support/redis';
import { until } from '../support/verdict';
import { overlaps } from '../support/witness';

const ROUNDS = 50;
/** As long as it takes to fire the clock often while one execution holds the lock. */
const HOLDER_MS = 20_000;
const TICKS = 10;

let locks: LockStage;
let redis: { port: number; stop(): Promise<void> };

beforeAll(async () => {
	redis = await startRedis();
	locks = await startLockStage('mutex-queue', { redisPort: redis.port });
}, 240_000);
beforeEach(() => locks.witness.forget());
afterAll(async () => {
	await locks?.close();
	await redis?.stop();
}, 60_000);

describe('in queue mode', () => {
	test('wrapped workflows that are fired together 50 times never overlap', async () => {
		await locks.publish({ name: 'Wrapped A', workMs: 60 }, 'shared');
		await locks.publish({ name: 'Wrapped B', workMs: 60 }, 'shared');
		await locks.fireTogether(['Wrapped A', 'Wrapped B'], ROUNDS);
		expect(overlaps(locks.witness.seen)).toBe(0);
		expect(locks.witness.seen.filter(({ event }) => event === 'end')).toHaveLength(2 * ROUNDS);
		await locks.untilOpen('shared');
	}, 300_000);

	test('waiters do not starve the worker: beside a long holder and a busy clock a callback is answered within 2 s', async () => {
		await locks.publish({ name: 'Holder', workMs: HOLDER_MS }, 'busy');
		await locks.publish({ name: 'Clock', workMs: 20 }, 'busy');
		await locks.publish({ name: 'Callback', workMs: 20 });
		await locks.fire('Holder');
		await until('the holder works', async () => locks.begins('Holder') === 1, 20_000);
		for (let tick = 0; tick < TICKS; tick++) await locks.fire('Clock');
		const startedAt = performance.now();
		await locks.fire('Callback');
		await until('the callback worked', async () => locks.begins('Callback') === 1, 20_000, 10);
		const ms = performance.now() - startedAt;
		console.log(`callback beside a holder and ${TICKS} ticks: ${Math.round(ms)} ms`);
		expect(ms).toBeLessThan(2000);
		expect(locks.begins('Clock')).toBe(0);
		await until('the one waiter worked', async () => locks.begins('Clock') === 1, 60_000);
		expect(overlaps(locks.witness.seen.filter(({ workflow }) => workflow !== 'Callback'))).toBe(0);
	}, 120_000);
});
