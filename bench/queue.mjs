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
import { writeTable } from './queue/write-table.mjs';

const SECTIONS = {
	claim: {
		measure: measureClaims,
		full: { depths: [1_000, 100_000, 1_000_000], rounds: 20, calls: 10, contendedCalls: 100 },
		quick: { depths: [500, 2_000], rounds: 1, calls: 3, contendedCalls: 5 },
	},
	enqueue: {
		measure: measureEnqueue,
		full: { rounds: 40, calls: 3 },
		quick: { rounds: 1, calls: 1 },
	},
	complete: {
		measure: measureClaimComplete,
		full: { depth: 40_000, rounds: 7, ms: 700 },
		quick: { depth: 3_000, rounds: 1, ms: 100 },
	},
	caps: {
		measure: measureCaps,
		full: { depth: 20_000, rounds: 7, ms: 700 },
		quick: { depth: 3_000, rounds: 1, ms: 100 },
	},
	heartbeat: {
		measure: measureHeartbeat,
		full: { depth: 100_000, rounds: 15 },
		quick: { depth: 1_000, rounds: 1 },
	},
	history: {
		measure: measureHistory,
		full: { depth: 100_000, finished: 1_000_000, rounds: 15, calls: 8 },
		quick: { depth: 1_000, finished: 1_000, rounds: 1, calls: 2 },
	},
	/** Says where the time goes instead of how much it is: only when it is asked for. */
	profile: {
		measure: profileQueue,
		full: { depth: 100_000, calls: 40 },
		quick: { depth: 1_000, calls: 2 },
	},
};
const USUAL = Object.keys(SECTIONS).filter((name) => name !== 'profile');

export const QUEUE_OPTIONS = {
	quick: { type: 'boolean' },
	only: { type: 'string' },
	write: { type: 'string' },
};

export const QUEUE_USAGE = `npm run bench -- queue [--quick] [--only ${USUAL.join(',')}] [--write <file>]

  The queue against the peers that bench/peers pins (installed at the first run), in one run and in turns, on an
  embedded Postgres. A figure is the median of the rounds, the smallest and the largest of them in brackets.

  --quick   small queues and single rounds: shows that it works; its figures mean nothing
  --only    some of the sections; “profile” prints where the time goes, statement by statement
  --write   puts the table into this file, between its marks (docs/benchmarks.md)`;

/** The names after --only, or what is usual. Throws on an unknown one. */
export function chosenSections({ only }) {
	const chosen = only?.split(',') ?? USUAL;
	const unknown = chosen.find((name) => !(name in SECTIONS));
	if (unknown !== undefined)
		throw new Error(`--only knows ${Object.keys(SECTIONS).join(', ')}, got “${unknown}”.`);
	return chosen;
}

/** All sections one after the other; what was measured is printed as it comes. */
export async function benchQueue({ packageRoot, dir, options }) {
	const chosen = chosenSections(options);
	const progress = (text) => console.error(`  … ${text}`);
	progress('the peers');
	await installPeers();
	const peers = { ...(await import('./peers/pg-boss.mjs')), ...(await import('./peers/graphile.mjs')) };
	const cluster = await startCluster({ packageRoot, dir });
	const report = new Report({ caller: cluster.caller, postgres: cluster.version });
	try {
		for (const name of chosen) {
			const { measure, full, quick } = SECTIONS[name];
			await measure(cluster, report, { ...(options.quick ? quick : full), progress, peers });
		}
	} finally {
		await cluster.stop();
	}
	if (options.write !== undefined) await writeTable(options.write, report.markdown());
}
