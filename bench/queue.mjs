import { parseArgs } from 'node:util';
import { installPeers } from './peers/install.mjs';
import { measureCaps } from './queue/caps.mjs';
import { measureClaimComplete } from './queue/claim-complete.mjs';
import { measureClaims } from './queue/claim-depth.mjs';
import { startCluster } from './queue/cluster.mjs';
import { measureEnqueue } from './queue/enqueue.mjs';
import { measureHeartbeat } from './queue/heartbeat.mjs';
import { measureHistory } from './queue/history.mjs';
import { profileQueue } from './queue/profile.mjs';
import { Report } from './queue/report.mjs';

export const QUEUE_USAGE = `npm run bench -- queue [--quick] [--only claim,enqueue,complete,heartbeat,history] [--write <file>]

The queue against the peers that bench/peers pins (installed at the first run), in the same run and in turns, on an
embedded Postgres. Every figure is the median of the rounds, with the smallest and largest of them in brackets.

  --quick   small queues and few rounds: shows that it works, its figures mean nothing (under a minute)
  --only    some of the sections
  --write   puts the table into this file, between its two marks (docs/benchmarks.md)`;

const FULL = {
	claim: { depths: [1_000, 100_000, 1_000_000], rounds: 30, calls: 10 },
	enqueue: { rounds: 7, calls: 8 },
	complete: { depth: 40_000, rounds: 7, ms: 1000 },
	caps: { depth: 20_000, rounds: 7, ms: 1000 },
	heartbeat: { depth: 100_000, rounds: 15 },
	history: { finished: 1_000_000, depth: 100_000, rounds: 7, calls: 40 },
	profile: { depth: 100_000, calls: 40 },
};
const QUICK = {
	claim: { depths: [500, 2_000], rounds: 1, calls: 3 },
	enqueue: { rounds: 1, calls: 1 },
	complete: { depth: 3_000, rounds: 1, ms: 100 },
	caps: { depth: 3_000, rounds: 1, ms: 100 },
	heartbeat: { depth: 1_000, rounds: 1 },
	history: { finished: 1_000, depth: 1_000, rounds: 1, calls: 2 },
	profile: { depth: 1_000, calls: 2 },
};
const SECTIONS = {
	claim: measureClaims,
	enqueue: measureEnqueue,
	complete: measureClaimComplete,
	caps: measureCaps,
	heartbeat: measureHeartbeat,
	history: measureHistory,
	profile: profileQueue,
};
/** Says where the time goes instead of how much it is. */
const ON_REQUEST = ['profile'];

export async function benchQueue({ packageRoot, dir, args }) {
	const { values } = parseArgs({
		args,
		options: { quick: { type: 'boolean' }, only: { type: 'string' }, write: { type: 'string' } },
	});
	const sizes = values.quick ? QUICK : FULL;
	const chosen = values.only?.split(',') ?? Object.keys(SECTIONS).filter((name) => !ON_REQUEST.includes(name));
	await installPeers();
	const { openPgBoss } = await import('./peers/pg-boss.mjs');
	const { openGraphile } = await import('./peers/graphile.mjs');
	const peers = { openPgBoss, openGraphile };
	const report = new Report();
	const progress = (text) => console.error(`  … ${text}`);
	const cluster = await startCluster({ packageRoot, dir });
	try {
		console.log(`queue, called by ${cluster.caller}`);
		for (const name of chosen) await SECTIONS[name](cluster, report, { ...sizes[name], progress, peers });
	} finally {
		await cluster.stop();
	}
	return report;
}
