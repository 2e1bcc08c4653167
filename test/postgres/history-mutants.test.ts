import type { Offence } from '../history/records';
import { until } from '../support/verdict';
import type { PlayerProcess } from '../simulation/company';
import { MUTANTS, plant } from '../simulation/mutants';
import { freePort, Theatre } from '../simulation/theatre';
import { troubledTasks } from '../simulation/workload';

/** Chosen by hand: with it every habit of the sub-workflow is there several times. */
const SEED = 11;
const TASKS = 80;

let theatre: Theatre;
beforeEach(async () => {
	theatre = await Theatre.open();
}, 60_000);
afterEach(async () => theatre.close(), 60_000);

/** The same work for the healthy and for every faulty system: two processes, tasks that misbehave in every way. */
async function begin(cancelEvery = 0): Promise<PlayerProcess[]> {
	const port = await freePort();
	const players = [theatre.start(), theatre.start()];
	await Promise.all(players.map(async (player, n) => player.play(theatre.casting(`player-${n}`, port))));
	await theatre.register(port);
	await feed(players[0]!, SEED);
	for (const player of players) await player.tell({ do: 'keep passing', cancelEvery });
	return players;
}

async function feed(player: PlayerProcess, seed: number): Promise<void> {
	await player.tell({ do: 'enqueue', tasks: troubledTasks(TASKS, seed) });
	await theatre.letSomeHaveWaitedForHours();
}

/** Chance decides when a fault shows: whenever the work is done and nothing was found, there is more of it. */
async function objectionsTo(rule: string, feedMore?: (round: number) => Promise<void>): Promise<Offence[]> {
	let round = 0;
	return await until(
		`the checker objects: ${rule}`,
		async () => {
			const { offences } = await theatre.judge({ drained: false });
			const found = offences.filter((each) => each.rule === rule);
			if (found.length > 0) return found;
			const open = await theatre.count(`state not in ('succeeded', 'dead', 'cancelled')`);
			if (open === 0) await feedMore?.(++round);
			return false;
		},
		75_000,
		300,
	);
}

test('a healthy system passes, under a workload that misbehaves in every way', async () => {
	const players = await begin();
	await theatre.drained();
	for (const player of players) await player.tell({ do: 'rest' });
	for (const player of players) expect(await player.tell({ do: 'finish' })).toMatchObject({ warnings: [] });
	const { history, text } = await theatre.judge();
	expect(text).toBe('nothing to say against this history');
	const { code, output } = await theatre.runChecker();
	expect({ code, output }).toEqual({
		code: 0,
		output: expect.stringMatching(/\nnothing to say against this history\n$/),
	});
	console.log(output);
	const outcomes = new Set(history.receipts.map(({ outcome }) => outcome));
	expect([...outcomes].sort()).toEqual(['applied', 'duplicate', 'stale']);
	expect(history.tasks).toHaveLength(TASKS);
	expect(history.effects).toHaveLength(TASKS);
	expect(history.failures.length).toBeGreaterThan(10);
	expect(history.executions.filter(({ status }) => status === 'expired').length).toBeGreaterThan(1);
}, 90_000);

test.each(MUTANTS)(
	'$name is found out: $rule',
	async (mutant) => {
		await plant(mutant, theatre.database);
		const [player] = await begin(mutant.cancelEvery);
		const objections = await objectionsTo(mutant.rule, async (round) => feed(player!, SEED + round));
		console.log(
			`${objections.length} objections, first: ${objections[0]!.what} (seq ${objections[0]!.seqs.join(', ')})`,
		);
	},
	150_000,
);

test('a receiver that answers before its commit and is killed in between is found out', async () => {
	const port = await freePort();
	const [worker, receiver] = [theatre.start(), theatre.start()];
	const workerPort = await worker.play(theatre.casting('worker', 0));
	await receiver.play({ ...theatre.casting('receiver', port), receiver: 'answers before the commit' });
	await receiver.tell({ do: 'arm', point: { label: 'answer 200 /callback', occurrence: 3, when: 'after' } });
	await theatre.register(workerPort, port);
	await worker.tell({ do: 'enqueue', tasks: troubledTasks(TASKS, SEED) });
	await worker.tell({ do: 'keep passing' });
	expect(await receiver.exited).toBe('SIGKILL');
	const [objection] = await objectionsTo('answered after commit');
	expect(objection?.what).toMatch(/was answered 200, but no receipt is stored$/);
}, 150_000);
