/** `npm run bench`: every figure is a ratio against a peer or a limit of the same run; medians of several rounds. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../dist/host/postgres.js';
import { benchMutex } from './mutex.mjs';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const dir = await mkdtemp(join(tmpdir(), 'mo-bench-'));
const postgres = await startEmbeddedPostgres({
	packageRoot,
	dir: join(dir, 'postgres'),
	logFile: join(dir, 'postgres.log'),
});
try {
	await benchMutex(postgres.address.connectionString);
} finally {
	await postgres.stop();
	await rm(dir, { recursive: true, force: true });
}
