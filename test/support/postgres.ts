import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from '../../core';
import { findCanary } from './canary';
import { LOGIN_PASSWORD, LOGINS, OWNER, OWNER_PASSWORD, TEMPLATE } from './test-cluster';

/** A database of one test file. Whatever it hands out is closed by `drop`, which fails if a connection stays open or a secret was stored. */
export interface TestDatabase {
	readonly name: string;
	/** As a worker: EXECUTE and nothing else. What nodes and stores get. */
	readonly url: string;
	/** As the login that migrates. */
	readonly ownerUrl: string;
	/** As a worker, each on a pool of its own, as if it were another process. */
	orchestrator(options?: Omit<OrchestratorOptions, 'connection'>): Orchestrator;
	/** As the login that migrates. */
	owner(): Orchestrator;
	/** As the login that migrates, to arrange and to assert. */
	query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
	/** A connection of its own as the login that migrates, for transactions that stay open. */
	client(): Promise<pg.Client>;
	/** A connection of its own as a member of one role. */
	as(login: keyof typeof LOGINS): Promise<pg.Client>;
	drop(): Promise<void>;
}

/** Clones the migrated template (`migrated: false`: an empty database). Call in beforeAll, `drop` in afterAll. */
export async function freshDatabase({ migrated = true }: { migrated?: boolean } = {}): Promise<TestDatabase> {
	const name = `test_${randomBytes(8).toString('hex')}`;
	await asAdmin((admin) => cloneTemplate(admin, name, migrated ? TEMPLATE : 'template0'));
	return new ClonedDatabase(name);
}

function urlOf(database: string, login: string, password: string): string {
	const url = new URL(adminUrl());
	url.username = login;
	url.password = password;
	url.pathname = `/${database}`;
	return url.href;
}

class ClonedDatabase implements TestDatabase {
	private readonly orchestrators: Orchestrator[] = [];
	private readonly clients: pg.Client[] = [];
	private readonly pool: pg.Pool;

	readonly url: string;
	readonly ownerUrl: string;

	constructor(readonly name: string) {
		this.url = urlOf(name, LOGINS.worker, LOGIN_PASSWORD);
		this.ownerUrl = urlOf(name, OWNER, OWNER_PASSWORD);
		this.pool = new pg.Pool({ connectionString: this.ownerUrl, max: 2 });
		this.pool.on('error', () => undefined);
	}

	orchestrator(options: Omit<OrchestratorOptions, 'connection'> = {}): Orchestrator {
		return this.open(this.url, options);
	}

	owner(): Orchestrator {
		return this.open(this.ownerUrl, {});
	}

	private open(url: string, options: Omit<OrchestratorOptions, 'connection'>): Orchestrator {
		// A differing address gives a differing pool.
		const connectionString = `${url}?fallback_application_name=process-${this.orchestrators.length}`;
		const orchestrator = createOrchestrator({
			poolLingerMs: 0,
			...options,
			connection: { connectionString },
		});
		this.orchestrators.push(orchestrator);
		return orchestrator;
	}

	async query(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
		const { rows } = await this.pool.query<Record<string, unknown>>(sql, values);
		return rows;
	}

	async client(): Promise<pg.Client> {
		return this.connect(this.ownerUrl);
	}

	async as(login: keyof typeof LOGINS): Promise<pg.Client> {
		return this.connect(urlOf(this.name, LOGINS[login], LOGIN_PASSWORD));
	}

	private async connect(connectionString: string): Promise<pg.Client> {
		const client = new pg.Client({ connectionString });
		client.on('error', () => undefined);
		await client.connect();
		this.clients.push(client);
		return client;
	}

	async drop(): Promise<void> {
		await Promise.all(this.orchestrators.map((each) => each.close()));
		await Promise.all(this.clients.map((each) => each.end()));
		await this.pool.end();
		const secrets = await findCanary(asSuperuser(this.name));
		const leaked = await asAdmin(async (admin) => {
			const open = await openConnections(admin, this.name);
			await admin.query(`drop database ${this.name} with (force)`);
			return open;
		});
		if (leaked.length > 0)
			throw new Error(`${leaked.length} connections leaked, last: ${leaked.join(' | ')}`);
		if (secrets.length > 0) throw new Error(`a secret was stored in ${secrets.join(', ')}`);
	}
}

/** The same database, seen past row security. */
function asSuperuser(name: string): string {
	const url = new URL(adminUrl());
	url.pathname = `/${name}`;
	return url.href;
}

/** A backend takes a moment to end after its client did: only one that stays is a leak. */
async function openConnections(admin: pg.Client, name: string): Promise<string[]> {
	const giveUpAt = Date.now() + 3000;
	for (;;) {
		const { rows } = await admin.query<{ query: string }>(
			'select query from pg_stat_activity where datname = $1',
			[name],
		);
		if (rows.length === 0 || Date.now() > giveUpAt) return rows.map((row) => row.query);
	}
}

async function cloneTemplate(admin: pg.Client, name: string, template: string): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		try {
			await admin.query(`create database ${name} template ${template} owner ${OWNER}`);
			return;
		} catch (error) {
			// 55006: another test file is cloning the same template just now.
			const busy = error instanceof pg.DatabaseError && error.code === '55006';
			if (!busy || attempt === 50) throw error;
			await admin.query('select pg_sleep(0.05)');
		}
	}
}

async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
	const admin = new pg.Client({ connectionString: adminUrl() });
	await admin.connect();
	try {
		return await work(admin);
	} finally {
		await admin.end();
	}
}

/** Superuser's address of the run's cluster, from the global setup. */
export function adminUrl(): string {
	const url = process.env.ORCHESTRATOR_TEST_ADMIN_URL;
	if (url === undefined)
		throw new Error('no test cluster: jest must run with the global setup of jest.config.js');
	return url;
}
