import { claimPlanOf, type ExecutionRef, planRun } from '../../core';
import { WakeUpLoop, type WakeUpReason } from '../../nodes/OrchestratorTrigger/wake-up-loop';
import { keepLease } from '../../nodes/TaskTrigger/keep-lease';
import { until } from '../support/verdict';
import { passOrder } from '../simulation/messages';
import { Player } from '../simulation/player';
import { freePort, Theatre } from '../simulation/theatre';
import { task } from '../simulation/workload';

let theatre: Theatre;
beforeEach(async () => {
	theatre = await Theatre.open();
}, 60_000);
afterEach(async () => theatre.close(), 60_000);

test('when every NOTIFY is dropped, the poll takes the work', async () => {
	await theatre.database.query(
		`create or replace function orchestrator.wake_up() returns void language sql security definer as 'select null::void'`,
	);
	const player = theatre.start();
	await theatre.register(await player.play(theatre.casting('player', 0)));
	const orchestrator = theatre.database.orchestrator();
	const reasons: WakeUpReason[][] = [];
	let passed = 0;
	const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
	const loop = new WakeUpLoop({
		wakeUps: orchestrator.wakeUps,
		logger: silent,
		pollMs: 300,
		minimumGapMs: 10,
		pass: async (why) => {
			reasons.push(why);
			await player.tell({ do: 'pass', pass: { kind: 'wake_up' } });
			passed++;
		},
	});
	loop.start();
	try {
		await until('its first pass has ended', async () => passed > 0, 30_000, 10);
		await player.tell({ do: 'enqueue', tasks: [task('unheard')] });
		await theatre.drained();
	} finally {
		await loop.stop();
	}
	expect(reasons.flat()).not.toContain('notify');
	expect(reasons.length).toBeGreaterThan(1);
	await player.tell({ do: 'finish' });
	expect((await theatre.judge()).text).toBe('nothing to say against this history');
}, 60_000);

/** How long each lease is by the clock of the database, in the moment in which it is given. */
const NOTE_LEASES = `create table public.leases (id bigint generated always as identity, status text, seconds float8);
	grant insert on public.leases to public;
	create function public.note_lease() returns trigger language plpgsql as $$ begin
		insert into public.leases (status, seconds) values (new.status, extract(epoch from new.lease_until - clock_timestamp()));
		return null;
	end $$;
	create trigger note_lease after insert or update of lease_until on orchestrator.workflow_orchestration
		for each row when (new.kind = 'dispatch' and new.lease_until is not null) execute function public.note_lease()`;

test.each([2000, -2000])(
	'a process whose clock is %i ms off takes the slot and the leases of the database’s clock, and is told so',
	async (clockAheadMs) => {
		const player = theatre.start();
		await theatre.register(await player.play(theatre.casting('player', 0)));
		await theatre.setLeases({ dispatchSeconds: 20, workSeconds: 20 });
		await theatre.database.query(NOTE_LEASES);
		// What a first call brings along is no skew: the look at the schema, the connection.
		await player.tell({ do: 'pass', pass: { kind: 'wake_up' } });
		await player.tell({ do: 'enqueue', tasks: [task('on time')] });
		const startedAt = performance.now();
		const { warnings } = await player.tell({ do: 'pass', pass: { kind: 'heartbeat', clockAheadMs } });
		const passMs = performance.now() - startedAt;
		await theatre.drained();
		const untilEndMs = performance.now() - startedAt;
		await player.tell({ do: 'finish' });
		const [slot] = await theatre.database.query(
			`select clock_skew_ms::float8 as skew, slot_at = orchestrator.nearest_slot(taken_at, interval_seconds) as nearest,
				finished_at is not null as finished from orchestrator.heartbeats`,
		);
		expect(slot).toMatchObject({ nearest: true, finished: true });
		// Our own clocks are one: the statement arrives after the look at the clock, and within the pass.
		expect(Number(slot?.skew)).toBeLessThanOrEqual(clockAheadMs + 50);
		expect(Number(slot?.skew)).toBeGreaterThanOrEqual(clockAheadMs - passMs - 50);
		expect(warnings).toEqual([
			expect.stringMatching(/^The clocks of this process and of the database differ/),
		]);
		const leases = await theatre.database.query('select status, seconds from public.leases order by id');
		expect(new Set(leases.map(({ status }) => status))).toEqual(new Set(['claimed', 'accepted', 'started']));
		for (const { seconds } of leases) {
			expect(Number(seconds)).toBeLessThanOrEqual(20);
			expect(Number(seconds)).toBeGreaterThan(20 - untilEndMs / 1000);
		}
		const { history, text } = await theatre.judge();
		expect(text).toBe('nothing to say against this history');
		expect(history.executions.filter(({ kind }) => kind === 'dispatch')).toHaveLength(1);
	},
	60_000,
);

test.each([2000, -2000])(
	'a process whose clock is %i ms off renews its lease in time, by the clock of the database',
	async (clockAheadMs) => {
		const workSeconds = 9;
		await theatre.setLeases({ dispatchSeconds: 60, workSeconds });
		await theatre.register(await freePort());
		const { queue, executions, resources } = theatre.database.orchestrator();
		await queue.enqueue([task('renewed')]);
		const plan = planRun(await resources.snapshot());
		const [execution] = await queue.claim(claimPlanOf(plan, { owner: 'test', runId: null }));
		await executions.accept(execution!, 'w');
		const given = await executions.start(execution!, '77');
		const realNow = Date.now;
		const skewed = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + clockAheadMs);
		const renewals: (Date | undefined)[] = [];
		const renew = async (ref: ExecutionRef) => {
			const lease = await executions.renew(ref);
			renewals.push(lease?.leaseUntil);
			return lease;
		};
		const silent = {
			info: () => undefined,
			warn: () => undefined,
			error: () => undefined,
			debug: () => undefined,
		};
		const onLost = jest.fn();
		const keeper = keepLease({
			executions: { renew, whyStale: async () => null },
			ref: execution!,
			...given!,
			logger: silent,
			onLost,
		});
		skewed.mockRestore();
		try {
			await until('it was renewed', async () => renewals.length > 0, 30_000, 20);
		} finally {
			keeper.stop();
		}
		expect(onLost).not.toHaveBeenCalled();
		const laterMs = renewals[0]!.getTime() - given!.leaseUntil.getTime();
		// A third of the lease, and of what the clocks differ.
		expect(laterMs).toBeGreaterThan(((workSeconds * 1000 - Math.abs(clockAheadMs)) / 3) * 0.9);
		expect(laterMs).toBeLessThan(workSeconds * 1000);
	},
	60_000,
);

test('two processes, one of them two seconds ahead, complete a slot once', async () => {
	const players = [0, 2000].map((clockAheadMs, n) => ({
		clockAheadMs,
		player: new Player({ ...theatre.casting(`player-${n}`, null), receiver: 'real' }),
	}));
	const won = await Promise.all(
		players.map(async ({ player, clockAheadMs }) =>
			player.pass(passOrder.parse({ kind: 'heartbeat', clockAheadMs })),
		),
	);
	await Promise.all(players.map(async ({ player }) => player.close()));
	expect([...won].sort()).toEqual([false, true]);
	expect((await theatre.judge()).text).toBe('nothing to say against this history');
}, 60_000);
