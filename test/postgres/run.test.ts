import { IllegalTransitionError, nearestSlot, type Orchestrator, SlotLostError } from '../../core';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { emptyQueue, executionRow, expireLease, oneRow, openType, planFor, task } from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
const warnings: string[] = [];

beforeAll(async () => {
	database = await freshDatabase();
	const logger = {
		info: () => undefined,
		warn: (message: string) => void warnings.push(message),
		error: () => undefined,
	};
	orchestrator = database.orchestrator({ logger });
	await openType(database, orchestrator);
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

/** An hour, so that no boundary passes during a test. */
const hourly = () => ({ intervalSeconds: 3600, localTime: new Date() });

async function winSlot(owner = 'a') {
	const answer = await orchestrator.runs.takeSlot({ owner, ...hourly() });
	if (!answer.won) throw new Error(`lost: ${answer.reason}`);
	return answer.slot;
}
const letSlotExpire = () =>
	database.query(
		`update orchestrator.heartbeats set lease_until = clock_timestamp() - interval '1 second', last_at = clock_timestamp() - interval '1 minute'`,
	);
const logOf = async (runId: string) =>
	(
		await database.query(
			`select from_state, to_state from orchestrator.state_transitions where entity = 'run' and execution_id = $1 order by seq`,
			[runId],
		)
	).map((row) => row.to_state);

describe('the heartbeat slot', () => {
	test('of several heartbeats at the same moment exactly one wins, the others learn that it is held', async () => {
		const processes = Array.from({ length: 5 }, () => database.orchestrator());
		const answers = await Promise.all(
			processes.map((each, n) => each.runs.takeSlot({ owner: `process-${n}`, ...hourly() })),
		);
		expect(answers.filter((each) => each.won)).toHaveLength(1);
		expect(answers.filter((each) => !each.won && each.reason === 'held_by_other')).toHaveLength(4);
	});

	test('lies at the boundary nearest to database time, with the deviation from it', async () => {
		const slot = await winSlot();
		const row = await oneRow(
			database,
			'select taken_at, slot_key, deviation_ms::float8 from orchestrator.heartbeats',
		);
		const expected = nearestSlot(row.taken_at as Date, 3600);
		expect(slot).toMatchObject({ slotKey: expected.slotKey, slotAt: expected.slotAt, epoch: 1 });
		expect(Math.abs(slot.deviationMs - expected.deviationMs)).toBeLessThan(2);
	});

	test('nearest, not floor: 50 ms before the boundary belongs to it; SQL and TypeScript agree', async () => {
		for (const at of [
			'2026-01-01T11:59:59.950Z',
			'2026-01-01T12:02:29.999Z',
			'2026-01-01T12:02:30.000Z',
			'2026-01-01T11:57:30.001Z',
		]) {
			const row = await oneRow(database, 'select orchestrator.nearest_slot($1, 300) as at', [at]);
			expect(row.at).toEqual(nearestSlot(new Date(at), 300).slotAt);
		}
		expect(nearestSlot(new Date('2026-01-01T11:59:59.950Z'), 300).slotKey).toBe(
			'heartbeat:300:2026-01-01T12:00:00Z',
		);
	});

	test('an unfinished slot whose lease ran out is taken over with the next epoch', async () => {
		const first = await winSlot('a');
		await letSlotExpire();
		expect(await winSlot('b')).toMatchObject({ slotKey: first.slotKey, epoch: 2 });
	});

	test('of several who take an expired slot over exactly one wins', async () => {
		await winSlot();
		await letSlotExpire();
		const processes = Array.from({ length: 4 }, () => database.orchestrator());
		const answers = await Promise.all(
			processes.map((each, n) => each.runs.takeSlot({ owner: `p${n}`, ...hourly() })),
		);
		expect(answers.filter((each) => each.won)).toHaveLength(1);
	});

	test('a finished slot is never given again', async () => {
		const run = await orchestrator.runs.begin({ kind: 'heartbeat', owner: 'a', slot: await winSlot() });
		expect(await orchestrator.runs.complete(run.runId)).toBe(true);
		await letSlotExpire();
		expect(await orchestrator.runs.takeSlot({ owner: 'b', ...hourly() })).toMatchObject({
			won: false,
			reason: 'already_finished',
		});
	});

	test('a clock more than a second off is recorded and warned about', async () => {
		warnings.length = 0;
		await orchestrator.runs.takeSlot({
			owner: 'a',
			intervalSeconds: 3600,
			localTime: new Date(Date.now() + 5000),
		});
		const row = await oneRow(database, 'select clock_skew_ms::float8 as skew from orchestrator.heartbeats');
		expect(Number(row.skew)).toBeGreaterThan(4000);
		expect(warnings).toHaveLength(1);
	});
});

describe('a run', () => {
	test('goes from IDLE through its states to COMPLETED, every step logged, metrics beside it', async () => {
		const run = await orchestrator.runs.begin({
			kind: 'heartbeat',
			owner: 'a',
			slot: await winSlot(),
			context: { instance: 'main' },
		});
		expect(run).toMatchObject({ kind: 'heartbeat', state: 'ANALYZING' });
		await orchestrator.queue.enqueue([task()]);
		await orchestrator.queue.claim(planFor({ runId: run.runId }));
		await orchestrator.runs.transition(run.runId, 'DISPATCHING', { claimed: 1 });
		await orchestrator.runs.transition(run.runId, 'MONITORING');
		expect(await orchestrator.runs.complete(run.runId)).toBe(true);
		expect(await logOf(run.runId)).toEqual(['IDLE', 'ANALYZING', 'DISPATCHING', 'MONITORING', 'COMPLETED']);
		expect(
			await database.query(
				`select value::int from orchestrator.orchestrator_metrics where metric = 'executions_claimed'`,
			),
		).toEqual([{ value: 1 }]);
		expect(
			await oneRow(database, 'select finished_at is not null as done from orchestrator.heartbeats'),
		).toEqual({ done: true });
	});

	test('completes once; a second completion and a late failure change nothing', async () => {
		const run = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		expect(await orchestrator.runs.complete(run.runId)).toBe(true);
		expect(await orchestrator.runs.complete(run.runId)).toBe(false);
		expect(await orchestrator.runs.fail(run.runId, { message: 'late' })).toBe(false);
		expect((await executionRow(database, run.runId)).status).toBe('COMPLETED');
	});

	test('whose slot another one took over does not complete the slot', async () => {
		const run = await orchestrator.runs.begin({ kind: 'heartbeat', owner: 'a', slot: await winSlot('a') });
		await letSlotExpire();
		const next = await orchestrator.runs.begin({ kind: 'heartbeat', owner: 'b', slot: await winSlot('b') });
		expect(await orchestrator.runs.complete(run.runId)).toBe(false);
		expect(await executionRow(database, run.runId)).toMatchObject({
			status: 'ERROR_RECOVERY',
			error: { code: 'SLOT_LOST' },
		});
		expect(await orchestrator.runs.complete(next.runId)).toBe(true);
	});

	test('cannot begin on a slot that was taken over', async () => {
		const slot = await winSlot('a');
		await letSlotExpire();
		await winSlot('b');
		await expect(orchestrator.runs.begin({ kind: 'heartbeat', owner: 'a', slot })).rejects.toThrow(
			SlotLostError,
		);
	});

	test('by hand has a slot key of its own and leaves the heartbeat alone', async () => {
		await winSlot();
		const run = await orchestrator.runs.begin({ kind: 'manual', owner: 'editor' });
		expect((await executionRow(database, run.runId)).slot_key).toBe(`manual:${run.runId}`);
		expect(await orchestrator.runs.complete(run.runId)).toBe(true);
		expect(await oneRow(database, 'select finished_at from orchestrator.heartbeats')).toEqual({
			finished_at: null,
		});
	});

	test('refuses a step that the table forbids and one after its end', async () => {
		const run = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		await orchestrator.runs.transition(run.runId, 'MONITORING');
		await expect(orchestrator.runs.transition(run.runId, 'DISPATCHING')).rejects.toThrow(
			IllegalTransitionError,
		);
		await orchestrator.runs.complete(run.runId);
		await expect(orchestrator.runs.transition(run.runId, 'MONITORING')).rejects.toThrow(
			IllegalTransitionError,
		);
	});

	test('repeating the present state is no step', async () => {
		const run = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		await orchestrator.runs.transition(run.runId, 'ANALYZING');
		expect(await logOf(run.runId)).toEqual(['IDLE', 'ANALYZING']);
	});

	test('that fails is in ERROR_RECOVERY with its error, also found by the n8n execution', async () => {
		const run = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a', n8nExecutionId: '4711' });
		expect(await orchestrator.runs.failByN8nExecution('0815', { message: 'no' })).toBe(false);
		expect(await orchestrator.runs.failByN8nExecution('4711', { message: 'boom', node: 'Dispatcher' })).toBe(
			true,
		);
		expect(await executionRow(database, run.runId)).toMatchObject({
			status: 'ERROR_RECOVERY',
			error: { message: 'boom', node: 'Dispatcher' },
		});
	});

	test('that was killed is ended by the next recovery; the next run begins afresh', async () => {
		const run = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		await expireLease(database, run.runId);
		expect(await orchestrator.runs.recover()).toMatchObject({ abandonedRuns: 1 });
		expect(await orchestrator.runs.recover()).toMatchObject({ abandonedRuns: 0 });
		expect((await executionRow(database, run.runId)).status).toBe('ERROR_RECOVERY');
	});
});
