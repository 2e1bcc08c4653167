import { type MutexReport, type Orchestrator, OrchestratorError, type SchemaStatus } from '../../core';
import { POSTGRES_CREDENTIAL } from '../catalogue';
import { lockedAsItRuns } from '../live/choose';
import type { LiveWorkflow } from '../n8n-api/live-workflow';
import type { CredentialName, N8nApi } from '../n8n-api/n8n-api';

/** Something that was asked for, or why it was not to be had. */
export type Fact<T> = { known: true; value: T } | { known: false; reason: string };

/** Everything that the checks of phase 1 look at, read once. */
export interface Facts {
	workflows: Fact<LiveWorkflow[]>;
	hasPackage: Fact<boolean>;
	credentials: Fact<CredentialName[]>;
	schema: Fact<SchemaStatus>;
	locks: Fact<MutexReport[]>;
}

/** Asks n8n and the database; what one of them does not answer leaves the other’s facts whole. */
export async function gatherFacts(
	api: N8nApi,
	withDatabase: <T>(work: (orchestrator: Orchestrator) => Promise<T>) => Promise<T>,
): Promise<Facts> {
	const workflows = await known(async () => await api.workflows());
	const hasPackage = await known(async () => await api.knowsCredentialType(POSTGRES_CREDENTIAL));
	const credentials = await known(async () => await api.credentials());
	const schema = await known(async () => await withDatabase(async (door) => await door.schema.status()));
	const names = workflows.known ? lockNames(workflows.value) : [];
	const locks: Facts['locks'] =
		schema.known && schema.value.state !== 'current'
			? { known: false, reason: `The schema is ${schema.value.state}.` }
			: await known(async () => await withDatabase(async (door) => await inspectAll(door, names)));
	return { workflows, hasPackage, credentials, schema, locks };
}

const lockNames = (workflows: readonly LiveWorkflow[]): string[] => [
	...new Set(workflows.flatMap((workflow) => lockedAsItRuns(workflow).lock ?? [])),
];

/** Those that the workflows name, also when nobody holds them now, and whatever else is held or waited for. */
async function inspectAll({ mutexes }: Orchestrator, names: readonly string[]): Promise<MutexReport[]> {
	const found = new Map((await mutexes.inspect(null)).map((report) => [report.lock, report]));
	for (const name of names) {
		for (const report of await mutexes.inspect(name)) found.set(report.lock, report);
	}
	return [...found.values()].sort((a, b) => a.lock.localeCompare(b.lock));
}

async function known<T>(ask: () => Promise<T>): Promise<Fact<T>> {
	try {
		return { known: true, value: await ask() };
	} catch (error) {
		if (!(error instanceof OrchestratorError)) throw error;
		return { known: false, reason: `error[${error.code}]: ${error.message} ${error.action}` };
	}
}
