import { arm, countAnew, metPoints, watchEverythingThatLeaves } from './kill-points';
import { note, numberedOrder, type Reply } from './messages';
import { Player } from './player';

watchEverythingThatLeaves();

type Given = ReturnType<typeof numberedOrder.parse>['order'];

let player: Player | undefined;

async function obey(given: Given): Promise<Partial<Reply>> {
	if (given.do === 'play') {
		const { name: by, witnessFile } = given.casting;
		player = new Player(given.casting);
		const port = given.casting.port === null ? 0 : await player.open(given.casting.port);
		countAnew((where) => note(witnessFile, { what: 'killed', at: Date.now(), by, where }));
		return { port };
	}
	if (given.do === 'arm') {
		arm(given.point);
		return {};
	}
	if (player === undefined) throw new Error(`“${given.do}” before “play”`);
	if (given.do === 'cancel') return { cancelled: await player.cancel(given.states, given.limit) };
	await perform(player, given);
	return { met: metPoints(), warnings: player.warnings };
}

async function perform(
	player: Player,
	given: Exclude<Given, { do: 'play' | 'arm' | 'cancel' }>,
): Promise<void> {
	switch (given.do) {
		case 'pass':
			return void (await player.pass(given.pass));
		case 'take over':
			return void (await player.open(given.port));
		case 'keep passing':
			return player.keepPassing(given);
		case 'rest':
			return await player.rest();
		case 'finish':
			return await player.finish();
		case 'enqueue':
			return await player.enqueue(given.tasks);
		default:
			return given satisfies never;
	}
}

process.on('message', (message) => {
	const { n, order: given } = numberedOrder.parse(message);
	void obey(given)
		.catch((error: unknown): Partial<Reply> => ({ error: String(error) }))
		.then((answer) => process.send?.({ n, ...answer }));
});
process.on('disconnect', () => process.exit());
process.send?.({ n: 0 } satisfies Reply);
