import { rm } from 'node:fs/promises';

/** Stops the test run's Postgres and deletes its directory. */
export default async function globalTeardown(): Promise<void> {
	const cluster = globalThis.orchestratorTestCluster;
	await cluster?.stop();
	if (cluster) await rm(cluster.dir, { recursive: true, force: true });
}
