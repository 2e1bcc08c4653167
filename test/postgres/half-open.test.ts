import { createOrchestrator } from '../../core';
import { startProxy } from '../support/frozen-proxy';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { until } from '../support/verdict';
import { openType, task } from './scenario';

let database: TestDatabase;
beforeAll(async () => {
	database = await freshDatabase();
	await openType(database, database.orchestrator());
});
afterAll(async () => database.drop());

test('a connection that stays open and carries nothing is noticed; a hint comes after it was made anew, and later hints are heard', async () => {
	const url = new URL(database.url);
	const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
	url.port = String(proxy.port);
	const warnings: string[] = [];
	const silent = () => undefined;
	const orchestrator = createOrchestrator({
		connection: { connectionString: url.href },
		poolLingerMs: 0,
		// Long enough for a busy machine: a spurious loss would be one hint more.
		probes: { everyMs: 200, timeoutMs: 3000 },
		logger: {
			info: silent,
			error: silent,
			warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`),
		},
	});
	let hints = 0;
	const listening = await orchestrator.wakeUps.listen(() => hints++);
	const other = database.orchestrator();
	await other.queue.enqueue([task()]);
	await until('the first hint', async () => hints > 0, 30_000, 20);
	warnings.length = 0;
	let before = hints;
	proxy.freeze();
	await until('the hint after the reconnect', async () => hints > before, 60_000, 20);
	expect(warnings.join('\n')).toContain('half open');
	before = hints;
	await other.queue.enqueue([task()]);
	await until('a hint on the new connection', async () => hints > before, 30_000, 20);
	await listening.close();
	await orchestrator.close();
	await proxy.stop();
}, 120_000);
