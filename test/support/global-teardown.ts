import { rm } from 'node:fs/promises';
import { findCanaryLines } from './canary';

/** Stops the test run's Postgres, searches its log for the planted secret and deletes its directory. */
export default async function globalTeardown(): Promise<void> {
	const cluster = globalThis.orchestratorTestCluster;
	if (!cluster) return;
	await cluster.stop();
	const leaks = await findCanaryLines(cluster.logFile);
	await rm(cluster.dir, { recursive: true, force: true });
	if (leaks.length === 0) return;
	const shown = leaks.slice(0, 10).join('\n');
	throw new Error(
		`The planted secret is in ${leaks.length} lines of the log of Postgres, expected none:\n${shown}`,
	);
}
