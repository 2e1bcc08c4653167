import fc from 'fast-check';
import type { MutexRequest, Orchestrator } from '../../core';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { emptyLocks, expire, LOCK, refOf, request } from './mutex-scenario';

let database: TestDatabase;
/** Each on connections of its own, as if it were another process. */
let processes: Orchestrator[];

beforeAll(async () => {
	database = await freshDatabase();
	processes = Array.from({ length: 6 }, () => database.orchestrator());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyLocks(database));

test.each([1, 3])(
	'with several connections that race there are never more than %i holders, and tokens rise',
	async (permits) => {
		let holders = 0;
		let most = 0;
		const tokens: number[] = [];
		const race = async (process: Orchestrator, name: number) => {
			for (let round = 0; round < 60; round++) {
				const asked = request(`${name}.${round}`, { permits });
				const answer = await process.mutexes.acquire(asked);
				if (answer.outcome === 'busy') continue;
				most = Math.max(most, ++holders);
				tokens.push(answer.fencingToken);
				await process.schema.status();
				holders--;
				await process.mutexes.release(LOCK, refOf(asked), { all: true });
			}
		};
		await Promise.all(processes.flatMap((process, n) => [race(process, n), race(process, n + 100)]));
		expect(most).toBe(permits);
		expect(new Set(tokens).size).toBe(tokens.length);
		expect(tokens.length).toBeGreaterThan(20);
	},
);

test('of many that ask for a new lock in the same moment one gets it', async () => {
	for (let round = 0; round < 20; round++) {
		const answers = await Promise.all(
			processes.map((process, n) => process.mutexes.acquire(request(`${n}`, { lock: `new ${round}` }))),
		);
		expect(answers.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(1);
	}
});

const EXECUTIONS = ['a', 'b', 'c', 'd'];

interface Hold {
	id: string;
	token: number;
	status: string;
	count: number;
	alive: boolean;
}

/** One move of one execution; `ours` is its hold before the move. */
interface Turn {
	mutexes: Orchestrator['mutexes'];
	own: MutexRequest;
	ours: Hold | undefined;
	newToken(token: number): void;
}

const renewable = (hold: Hold | undefined) => hold?.alive === true && hold.status !== 'draining';

async function acquire({ mutexes, own, newToken }: Turn): Promise<void> {
	const answer = await mutexes.acquire(own);
	if (answer.outcome === 'acquired' && answer.how === 'new') newToken(answer.fencingToken);
}

const MOVES: Record<string, (turn: Turn) => Promise<unknown>> = {
	acquire,
	wait: async (turn) => acquire({ ...turn, own: { ...turn.own, onBusy: 'wait' } }),
	renew: async ({ mutexes, own, ours }) =>
		expect((await mutexes.renew(LOCK, refOf(own), 60_000)) !== null).toBe(renewable(ours)),
	release: async ({ mutexes, own, ours }) =>
		expect((await mutexes.release(LOCK, refOf(own))) !== null).toBe(renewable(ours)),
	releaseAll: async ({ mutexes, own, ours }) =>
		expect((await mutexes.release(LOCK, refOf(own), { all: true })) !== null).toBe(renewable(ours)),
	drain: async ({ mutexes, own, ours }) =>
		expect((await mutexes.drain(LOCK, refOf(own), 60_000)) !== null).toBe(ours?.alive ?? false),
	park: async ({ mutexes, own }) => mutexes.park(LOCK, refOf(own), new Date(Date.now() + 100_000)),
	expire: async ({ own }) => expire(database, own.executionId),
};

const move = fc.record({
	what: fc.constantFrom(...Object.keys(MOVES)),
	who: fc.constantFrom(...EXECUTIONS),
	caller: fc.constantFrom(null, null, ...EXECUTIONS),
});

test('whatever is done in whatever order: holders within permits, rising tokens, nobody touches another’s hold', async () => {
	const moves = fc.array(move, { minLength: 4, maxLength: 30 });
	await fc.assert(
		fc.asyncProperty(fc.integer({ min: 1, max: 2 }), moves, async (permits, chosen) => {
			await emptyLocks(database);
			const sessions = Object.fromEntries(EXECUTIONS.map((id) => [id, request(id, { permits }).session]));
			let lastToken = 0;
			const newToken = (token: number) => {
				expect(token).toBeGreaterThan(lastToken);
				lastToken = token;
			};
			for (const [index, { what, who, caller }] of chosen.entries()) {
				const before = await holds();
				const callers = caller === null || caller === who ? [] : [caller];
				await MOVES[what]?.({
					mutexes: processes[index % processes.length]?.mutexes as Orchestrator['mutexes'],
					own: request(who, { permits, callers, session: sessions[who] ?? '' }),
					ours: before.find((each) => each.id === who),
					newToken,
				});
				const after = await holds();
				const tokens = after.filter(({ alive }) => alive).map(({ token }) => token);
				expect(new Set(tokens).size).toBeLessThanOrEqual(permits);
				for (const other of before.filter(({ id, alive }) => id !== who && alive)) {
					expect(after).toContainEqual(other);
				}
			}
		}),
		{ numRuns: 60 },
	);
}, 120_000);

async function holds(): Promise<Hold[]> {
	const rows = await database.query(
		`select execution_id as id, fencing_token::integer as token, status, count, lease_until > clock_timestamp() as alive
		from orchestrator.mutex_holds where lock_name = $1 order by 1`,
		[LOCK],
	);
	return rows as unknown as Hold[];
}
