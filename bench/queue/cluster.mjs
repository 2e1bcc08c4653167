import { join } from 'node:path';
import pg from 'pg';
import { createOrchestrator } from '../../dist/core/index.js';
import { startEmbeddedPostgres } from '../../dist/host/postgres.js';

const OWNER = 'bench_owner';
const CALLER = 'bench_caller';
const PASSWORD = 'bench-password';
const TEMPLATE = 'bench_template';
/** The role that the product's own callers have (S17); until a migration makes it, the owner calls. */
const WORKER = 'orchestrator_worker';

/**
 * An embedded Postgres with its defaults (fsync and synchronous commit on) and a migrated template, so that every case
 * has a database of its own and the cases of one table can take turns.
 */
export async function startCluster({ packageRoot, dir }) {
	const postgres = await startEmbeddedPostgres({
		packageRoot,
		dir: join(dir, 'postgres'),
		logFile: join(dir, 'postgres.log'),
		// Counts and times statements where a section asks for it; “none” costs nothing.
		settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'none' },
	});
	const admin = await connect(postgres.address.connectionString);
	const url = (database, user) => addressOf(postgres.address.connectionString, database, user);
	try {
		await admin.query(`create role ${OWNER} login createrole password '${PASSWORD}'`);
		await admin.query(`create database ${TEMPLATE} owner ${OWNER}`);
		await migrate(url(TEMPLATE, OWNER));
		const caller = await makeCaller(admin);
		const { rows } = await admin.query('show server_version');
		return {
			version: rows[0].server_version,
			caller: caller === OWNER ? 'a plain owner (no superuser)' : `a member of ${WORKER}`,
			/** A migrated database; `admin` is a superuser's connection to it, for filling and for looking. */
			open: (name) => openDatabase(admin, name, { own: url(name), call: url(name, caller) }),
			stop: async () => {
				await admin.end();
				await postgres.stop();
			},
		};
	} catch (error) {
		await admin.end();
		await postgres.stop();
		throw error;
	}
}

async function openDatabase(admin, name, { own, call }) {
	await admin.query(`create database ${name} template ${TEMPLATE} owner ${OWNER}`);
	const client = await connect(own);
	return {
		name,
		admin: client,
		/** For the peers, which make schemas of their own. */
		adminUrl: own,
		/** The one address that the product is called at. */
		url: call,
		drop: async () => {
			await client.end();
			await admin.query(`drop database ${name} with (force)`);
		},
	};
}

async function migrate(connectionString) {
	const orchestrator = createOrchestrator({ connection: { connectionString }, poolLingerMs: 0 });
	try {
		await orchestrator.schema.migrate();
	} finally {
		await orchestrator.close();
	}
}

/** Who calls the product under test. */
async function makeCaller(admin) {
	const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [WORKER]);
	if (rowCount === 0) return OWNER;
	await admin.query(`create role ${CALLER} login password '${PASSWORD}' in role ${WORKER}`);
	return CALLER;
}

function addressOf(superuser, database, user) {
	const url = new URL(superuser);
	url.pathname = `/${database}`;
	if (user !== undefined) Object.assign(url, { username: user, password: PASSWORD });
	return url.href;
}

export async function connect(connectionString) {
	const client = new pg.Client({ connectionString });
	client.on('error', () => undefined); // the server may stop before the last socket is closed
	await client.connect();
	return client;
}
