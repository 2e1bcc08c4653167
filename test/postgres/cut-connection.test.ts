import { SwallowingProxy } from '../simulation/swallowing-proxy';
import { freePort, Theatre } from '../simulation/theatre';
import { task } from '../simulation/workload';
import { until } from '../support/verdict';

let theatre: Theatre;
let proxy: SwallowingProxy;
beforeEach(async () => {
	theatre = await Theatre.open();
	proxy = await SwallowingProxy.before(theatre.database.url);
}, 60_000);
afterEach(async () => {
	await proxy.close();
	await theatre.close();
}, 60_000);

test('an enqueue whose answer is lost after its commit is sent again with its key and is one task', async () => {
	const producer = theatre.start();
	await producer.play(theatre.casting('producer', null, proxy.url));
	proxy.swallowTheAnswerTo('enqueue_tasks');
	await expect(producer.tell({ do: 'enqueue', tasks: [task('once')] })).rejects.toThrow(
		/Postgres does not answer/,
	);
	expect(await theatre.count('true')).toBe(1);
	await producer.tell({ do: 'enqueue', tasks: [task('once')] });
	expect(proxy.swallowed).toBe(1);
	expect(await theatre.count('true')).toBe(1);
	const { text } = await theatre.judge({ drained: false });
	expect(text).toBe('nothing to say against this history');
}, 60_000);

/** The boundary that is nearest to now stays the nearest for years. */
const SLOT = { kind: 'heartbeat', intervalSeconds: 30 * 365 * 86_400 } as const;

test('a heartbeat that was never told of its slot lets it run out; the next one takes it over and completes it once', async () => {
	const player = theatre.start();
	await player.play(theatre.casting('player', null, proxy.url));
	proxy.swallowTheAnswerTo('take_heartbeat_slot');
	await expect(player.tell({ do: 'pass', pass: SLOT })).rejects.toThrow(/Postgres does not answer/);
	const slots = async () =>
		theatre.database.query('select epoch, finished_at is not null as finished from orchestrator.heartbeats');
	await player.tell({ do: 'pass', pass: SLOT });
	expect(proxy.swallowed).toBe(1);
	expect(await slots()).toEqual([{ epoch: 1, finished: false }]);
	await theatre.database.query(
		`update orchestrator.heartbeats set last_at = now() - interval '2 minutes', lease_until = now() - interval '1 minute'`,
	);
	await player.tell({ do: 'pass', pass: SLOT });
	await player.tell({ do: 'pass', pass: SLOT });
	expect(await slots()).toEqual([{ epoch: 2, finished: true }]);
	const { history, text } = await theatre.judge();
	expect(text).toBe('nothing to say against this history');
	expect(history.executions.map(({ status }) => status)).toEqual(['COMPLETED']);
}, 60_000);

/** A player that passes, works and reports over the proxy until all is done; the answer to one statement never reaches it. */
async function playWithout(statement: string, whenItIsLost: () => Promise<void>) {
	const player = theatre.start();
	const port = await player.play(theatre.casting('player', 0, proxy.url));
	// So long that, whatever else the machine does, only who is made to lose a lease loses one.
	await theatre.setLeases({ dispatchSeconds: 20, workSeconds: 20 });
	// Nobody listens where audits are sent, until the answer is lost.
	await theatre.register(port);
	await theatre.register(await freePort(), port, ['audits']);
	await player.tell({ do: 'enqueue', tasks: [task('once'), task('again')] });
	if (statement === 'refuse_execution')
		await player.tell({ do: 'enqueue', tasks: [task('refused', {}, { workflowType: 'audits' })] });
	proxy.swallowTheAnswerTo(statement);
	await player.tell({ do: 'keep passing' });
	await until('the answer is lost', async () => proxy.swallowed === 1, 30_000, 10);
	await theatre.register(port);
	await whenItIsLost();
	await theatre.drained();
	await player.tell({ do: 'rest' });
	await player.tell({ do: 'finish' });
	const { history, text } = await theatre.judge();
	expect(text).toBe('nothing to say against this history');
	expect(new Set(history.tasks.map(({ state }) => state))).toEqual(new Set(['succeeded']));
	const ended = (status: string) => history.executions.filter((each) => each.status === status).length;
	return { history, ended };
}

test.each([
	{ statement: 'claim(', whatFollows: 'the lease of the claim that nobody knows of runs out' },
	{ statement: 'accept_execution', whatFollows: 'it was accepted, nobody starts it, its lease runs out' },
	{ statement: 'start_work', whatFollows: 'it was started, nobody works, its lease runs out' },
	{ statement: 'publish_article', whatFollows: 'nobody reports, and who works next finds it published' },
])(
	'when the answer to $statement is lost after its commit, $whatFollows',
	async ({ statement }) => {
		const { history, ended } = await playWithout(statement, async () => theatre.letLeasesRunOut());
		expect(ended('expired')).toBeGreaterThan(0);
		expect(history.effects).toHaveLength(2);
		const results = await theatre.database.query(
			`select result ->> 'published' as published from orchestrator.tasks order by published`,
		);
		const first = statement === 'publish_article' ? 'already_published' : 'published';
		expect(results.map(({ published }) => published)).toEqual([first, 'published']);
	},
	90_000,
);

test.each([
	{ statement: 'refuse_execution', whatFollows: 'the refusal stands, and its task is delivered again' },
	{ statement: 'complete_run', whatFollows: 'the run had ended, and the next pass goes on' },
	{ statement: 'settle_execution', whatFollows: 'the report comes again and is a duplicate' },
])(
	'when the answer to $statement is lost after its commit, $whatFollows',
	async ({ statement }) => {
		const { history, ended } = await playWithout(statement, async () => undefined);
		expect(ended('expired')).toBe(0);
		if (statement === 'refuse_execution') expect(ended('cancelled')).toBeGreaterThan(0);
		else expect(ended('cancelled')).toBe(0);
		if (statement === 'complete_run') expect(ended('MONITORING')).toBe(0);
		if (statement !== 'settle_execution') return;
		const answers = history.sightings.flatMap((each) => (each.what === 'report_answered' ? [each] : []));
		expect(answers[0]?.status).toBe(503);
		const repeated = answers.filter(({ webhookId }) => webhookId === answers[0]?.webhookId);
		expect(repeated).toMatchObject([{ status: 503 }, { status: 200, outcome: 'duplicate' }]);
	},
	90_000,
);
