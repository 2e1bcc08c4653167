/** Every figure is a ratio against a peer or a limit of the same run; medians of several rounds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../dist/host/postgres.js';
import { openPassage } from '../dist/host/reachable.js';
import { benchMutex } from './mutex.mjs';
import { benchNode } from './node.mjs';
import { benchQueue, chosenSections, QUEUE_OPTIONS, QUEUE_USAGE } from './queue.mjs';
import { benchSlots } from './slots.mjs';
import { benchWrap } from './wrap.mjs';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

const BENCHES = {
	wrap: async () => benchWrap(),
	mutex: async (dir) => {
		const logFile = join(dir, 'postgres.log');
		const postgres = await startEmbeddedPostgres({ packageRoot, dir: join(dir, 'postgres'), logFile });
		try {
			await benchMutex(postgres.address.connectionString);
		} finally {
			await postgres.stop();
		}
	},
	node: async (dir) => benchNode({ packageRoot, dir }),
	slots: async (dir) => benchSlots({ packageRoot, dir }),
	queue: async (dir, options) => benchQueue({ packageRoot, dir, options }),
};
const USAGE = `npm run bench [-- ${Object.keys(BENCHES).join(' | ')}]: one, several or all of them.\n\n${QUEUE_USAGE}`;

const { chosen, options } = readArguments(process.argv.slice(2));
for (const [name, bench] of Object.entries(BENCHES)) {
	if (chosen.length > 0 && !chosen.includes(name)) continue;
	const dir = await mkdtemp(join(tmpdir(), 'mo-bench-'));
	// The server of root runs as another account: what it cannot reach, it would keep elsewhere, for ever.
	await openPassage(dir);
	try {
		await bench(dir, options);
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}

function readArguments(args) {
	try {
		const { values, positionals } = parseArgs({
			args,
			allowPositionals: true,
			options: { help: { type: 'boolean' }, ...QUEUE_OPTIONS },
		});
		if (values.help) stop(USAGE, 0);
		const unknown = positionals.find((name) => !(name in BENCHES));
		if (unknown !== undefined) throw new Error(`There is no bench “${unknown}”.`);
		chosenSections(values);
		return { chosen: positionals, options: values };
	} catch (error) {
		return stop(`${error.message}\n\n${USAGE}`, 2);
	}
}

function stop(text, code) {
	(code === 0 ? console.log : console.error)(text);
	process.exit(code);
}
