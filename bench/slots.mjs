import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startHost } from '../dist/host/stage.js';

/** Twice a hundred, so that the 99th percentile is not the one worst slot; each divides a minute, as cron needs it. */
const SLOTS = 200;
const SLOT_SECONDS = 2;
const LIMIT_MS = 1000;

/**
 * S13: how far the heartbeats of a real n8n lie from their slots, by the database's clock: the generated Master as it is, but
 * with a slot every two seconds. The deviation is that of the start, so it does not hang on the length of the interval.
 */
export async function benchSlots({ packageRoot, dir }) {
	const workflows = await quickMaster(packageRoot, dir);
	const host = await startHost({ packageRoot, dir, workflows, n8n: { port: 0 } });
	const client = new pg.Client({ connectionString: host.database.connectionString });
	await client.connect();
	try {
		const { slots, p50, p99, worst } = await deviations(client);
		const share = p99 / LIMIT_MS;
		const times = `p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms, worst ${Math.round(worst)} ms`;
		console.log(
			`slots, p99 of the deviation of ${slots} heartbeats to 1 s: ${share.toFixed(2)} (want at most 1: ${share <= 1 ? 'yes' : 'no'}); ${times}`,
		);
	} finally {
		await client.end();
		await host.stop();
	}
}

async function quickMaster(packageRoot, dir) {
	const folder = join(dir, 'workflows');
	await cp(join(packageRoot, 'workflows', 'phase-2'), folder, { recursive: true });
	const file = join(folder, 'master-orchestrator.json');
	const master = JSON.parse(await readFile(file, 'utf8'));
	const changed = master.nodes.filter(({ type, parameters }) => {
		if (type === 'n8n-nodes-base.scheduleTrigger') {
			parameters.rule = {
				interval: [{ field: 'cronExpression', expression: `*/${SLOT_SECONDS} * * * * *` }],
			};
		} else if (parameters.operation === 'takeSlot') {
			parameters.intervalMinutes = SLOT_SECONDS / 60;
		} else return false;
		return true;
	});
	if (changed.length !== 2) throw new Error(`${changed.length} of 2 nodes of the Master were made quick`);
	await writeFile(file, JSON.stringify(master));
	return folder;
}

/** Waits until enough slots were taken, and says meanwhile how many. */
async function deviations(client) {
	for (;;) {
		const { rows } = await client.query(
			`select count(*)::int as slots, percentile_disc(0.5) within group (order by abs(deviation_ms)) as p50,
				percentile_cont(0.99) within group (order by abs(deviation_ms)) as p99, max(abs(deviation_ms)) as worst
			from orchestrator.heartbeats where interval_seconds = $1`,
			[SLOT_SECONDS],
		);
		if (rows[0].slots >= SLOTS) return rows[0];
		console.error(`slots: ${rows[0].slots} of ${SLOTS}`);
		await new Promise((resolve) => setTimeout(resolve, 10_000));
	}
}
