import { WakeUpLoop, type WakeUpReason } from '../../nodes/OrchestratorTrigger/wake-up-loop';
import { until } from '../support/verdict';
import { passOrder } from '../simulation/messages';
import { Player } from '../simulation/player';
import { Theatre } from '../simulation/theatre';
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

test.each([2000, -2000])(
	'a process whose clock is %i ms off takes the slot and the leases of the database’s clock, and is told so',
	async (clockAheadMs) => {
		const player = theatre.start();
		await theatre.register(await player.play(theatre.casting('player', 0)));
		await theatre.setLeases({ dispatchSeconds: 20, workSeconds: 20 });
		await player.tell({ do: 'enqueue', tasks: [task('on time')] });
		const { warnings } = await player.tell({ do: 'pass', pass: { kind: 'heartbeat', clockAheadMs } });
		await theatre.drained();
		await player.tell({ do: 'finish' });
		const [slot] = await theatre.database.query(
			`select clock_skew_ms::float8 as skew, slot_at = orchestrator.nearest_slot(taken_at, interval_seconds) as nearest,
				finished_at is not null as finished from orchestrator.heartbeats`,
		);
		expect(slot).toMatchObject({ nearest: true, finished: true });
		// Our own clocks are one: what is left is the time that the statement took.
		expect(Math.abs(Number(slot?.skew) - clockAheadMs)).toBeLessThan(500);
		expect(warnings).toEqual([
			expect.stringMatching(/^The clocks of this process and of the database differ/),
		]);
		const [lease] = await theatre.database.query(
			`select extract(epoch from accepted_at - created_at) < 20 as in_time, cardinality(task_ids) as tasks
			from orchestrator.workflow_orchestration where kind = 'dispatch'`,
		);
		expect(lease).toEqual({ in_time: true, tasks: 1 });
		const { history, text } = await theatre.judge();
		expect(text).toBe('nothing to say against this history');
		expect(history.executions.filter(({ kind }) => kind === 'dispatch')).toHaveLength(1);
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
