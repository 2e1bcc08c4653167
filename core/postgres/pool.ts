import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Logger } from '../ports';
import type { Connection } from './connection';

/** S15: the sum over all processes must stay within 18 of the role's 20 connections. */
export const DEFAULT_POOL_MAX = 2;
const CONNECT_TIMEOUT_MS = 10_000;
/** An idle connection goes back to the server after this. */
const IDLE_TIMEOUT_MS = 10_000;
/** How long a pool without users waits for the next: nodes come and go within one execution. */
export const POOL_LINGER_MS = 10_000;

interface Shared {
	readonly pool: pg.Pool;
	users: number;
	/** Set once the schema was found to fit; shared, so that it is asked once a pool. */
	schemaChecked: boolean;
	ending?: NodeJS.Timeout;
}

/** Disposable state of the process (S20): a cache of connections, no decision depends on it. */
const pools = new Map<string, Shared>();

export interface PoolLease {
	readonly pool: pg.Pool;
	readonly shared: { schemaChecked: boolean };
	release(): Promise<void>;
}

export interface PoolRequest {
	connection: Connection;
	logger: Logger;
	max: number;
	lingerMs: number;
}

/** One pool per connection in the process; it ends `lingerMs` after its last user gave it back. */
export function leasePool({ connection, logger, max, lingerMs }: PoolRequest): PoolLease {
	const key = createHash('sha256')
		.update(JSON.stringify([connection, max]))
		.digest('hex');
	const shared = pools.get(key) ?? openPool(connection, max, logger);
	pools.set(key, shared);
	clearTimeout(shared.ending);
	shared.users++;
	let released = false;
	const release = async () => {
		if (released) return;
		released = true;
		if (--shared.users > 0) return;
		if (lingerMs === 0) return endPool(key, shared);
		shared.ending = setTimeout(() => void endPool(key, shared), lingerMs).unref();
	};
	return { pool: shared.pool, shared, release };
}

/** Options of node-postgres for one connection; also used by the LISTEN client. */
export function clientConfig(connection: Connection): pg.ClientConfig {
	return {
		...connection,
		application_name: 'master-orchestrator',
		connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
		keepAlive: true,
	};
}

function openPool(connection: Connection, max: number, logger: Logger): Shared {
	const pool = new pg.Pool({
		...clientConfig(connection),
		max,
		idleTimeoutMillis: IDLE_TIMEOUT_MS,
		allowExitOnIdle: true,
	});
	// Without a listener, a connection that the server closes while idle would end the process.
	pool.on('error', (error) =>
		logger.warn('An idle database connection was lost.', { message: error.message }),
	);
	return { pool, users: 0, schemaChecked: false };
}

async function endPool(key: string, shared: Shared): Promise<void> {
	if (shared.users > 0 || pools.get(key) !== shared) return;
	pools.delete(key);
	await shared.pool.end();
}
