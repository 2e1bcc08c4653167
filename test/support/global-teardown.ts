/** Stops the test run's Postgres and deletes its directory. */
export default async function globalTeardown(): Promise<void> {
	await globalThis.orchestratorTestCluster?.stop();
}
