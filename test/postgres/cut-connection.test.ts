import { SwallowingProxy } from '../simulation/swallowing-proxy';
import { Theatre } from '../simulation/theatre';
import { task } from '../simulation/workload';

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

test.each([
	{ statement: 'claim(', whatFollows: 'the lease of the claim that nobody knows of runs out', expired: 1 },
	{
		statement: 'accept_execution',
		whatFollows: 'it was accepted, nobody starts it, its lease runs out',
		expired: 1,
	},
	{
		statement: 'start_work',
		whatFollows: 'it was started, nobody works, its lease runs out',
		expired: 1,
	},
	{ statement: 'settle_execution', whatFollows: 'the report comes again and is a duplicate', expired: 0 },
])(
	'when the answer to $statement is lost after its commit, $whatFollows',
	async ({ statement, expired }) => {
		const player = theatre.start();
		const port = await player.play(theatre.casting('player', 0, proxy.url));
		await theatre.register(port);
		await player.tell({ do: 'enqueue', tasks: [task('once'), task('again')] });
		proxy.swallowTheAnswerTo(statement);
		await player.tell({ do: 'keep passing' });
		await theatre.drained();
		await player.tell({ do: 'rest' });
		await player.tell({ do: 'finish' });
		expect(proxy.swallowed).toBe(1);
		const { history, text } = await theatre.judge();
		expect(text).toBe('nothing to say against this history');
		expect(history.tasks.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
		expect(history.executions.filter(({ status }) => status === 'expired').length).toBeGreaterThanOrEqual(
			expired,
		);
		if (statement !== 'settle_execution') return;
		const answers = history.sightings.flatMap((each) => (each.what === 'report_answered' ? [each] : []));
		expect(answers[0]?.status).toBe(503);
		const repeated = answers.filter(({ webhookId }) => webhookId === answers[0]?.webhookId);
		expect(repeated).toMatchObject([{ status: 503 }, { status: 200, outcome: 'duplicate' }]);
	},
	60_000,
);
