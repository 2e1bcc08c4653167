/**
 * `npm run bench [wrap] [mutex] [node]`: every figure is a ratio against a peer or a limit of the same run; medians of
 * several rounds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../dist/host/postgres.js';
import { benchMutex } from './mutex.mjs';
import { benchNode } from './node.mjs';
import { benchQueue } from './queue.mjs';
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
	queue: async (dir) => benchQueue({ packageRoot, dir, args: options }),
};

const chosen = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const options = process.argv.slice(2).filter((each) => each.startsWith('--'));
const unknown = chosen.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
	console.error(`There is no bench “${unknown[0]}”; choose from: ${Object.keys(BENCHES).join(', ')}.`);
	process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) {
	if (chosen.length > 0 && !chosen.includes(name)) continue;
	const dir = await mkdtemp(join(tmpdir(), 'mo-bench-'));
	try {
		await bench(dir);
	} finally {
		await rm(dir, { recursive: true, force: true });
	}
}
