import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createOrchestrator } from '../../core';
import { startEmbeddedPostgres } from '../../host/postgres';
import { LOGIN_PASSWORD, LOGINS, OWNER, OWNER_PASSWORD, TEMPLATE } from './test-cluster';

declare global {
	var orchestratorTestCluster: { stop(): Promise<void>; dir: string; logFile: string } | undefined;
}

/**
 * One embedded Postgres for the whole test run, with a migrated template database. It is migrated by a role that is no
 * superuser, as an operator's would be; its time zone is odd on purpose. Nothing in it has to survive a power cut.
 */
export default async function globalSetup(): Promise<void> {
	const dir = await mkdtemp(join(tmpdir(), 'orchestrator-test-'));
	const logFile = join(dir, 'postgres.log');
	const { address, stop } = await startEmbeddedPostgres({
		packageRoot: process.env.ORCHESTRATOR_TEST_SERVER ?? join(__dirname, '..', '..'),
		dir,
		logFile,
		settings: {
			fsync: 'off',
			max_connections: '200',
			max_prepared_transactions: '4',
			timezone: 'Asia/Kolkata',
		},
	});
	globalThis.orchestratorTestCluster = { stop, dir, logFile };
	process.env.ORCHESTRATOR_TEST_ADMIN_URL = address.connectionString;
	await makeTemplate(address.connectionString);
	await migrateTemplate(address.connectionString);
	await makeLogins(address.connectionString);
}

async function makeTemplate(adminUrl: string): Promise<void> {
	const admin = new pg.Client({ connectionString: adminUrl });
	await admin.connect();
	await admin.query(`create role ${OWNER} login createrole password '${OWNER_PASSWORD}'`);
	// Tests look at, and cut, the connections of other logins; nothing of ours runs with these rights.
	await admin.query(`grant pg_read_all_stats, pg_signal_backend to ${OWNER}`);
	await admin.query(`create database ${TEMPLATE} owner ${OWNER}`);
	await admin.end();
}

async function migrateTemplate(adminUrl: string): Promise<void> {
	const url = new URL(adminUrl);
	url.username = OWNER;
	url.password = OWNER_PASSWORD;
	url.pathname = `/${TEMPLATE}`;
	const orchestrator = createOrchestrator({ connection: { connectionString: url.href }, poolLingerMs: 0 });
	try {
		await orchestrator.schema.migrate();
	} finally {
		await orchestrator.close();
	}
}

async function makeLogins(adminUrl: string): Promise<void> {
	const admin = new pg.Client({ connectionString: adminUrl });
	await admin.connect();
	for (const [role, login] of Object.entries(LOGINS)) {
		const member = role === 'stranger' ? '' : `in role orchestrator_${role}`;
		await admin.query(`create role ${login} login password '${LOGIN_PASSWORD}' ${member}`);
	}
	await admin.end();
}
