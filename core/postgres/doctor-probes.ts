import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod/v4';
import type { Connection } from './connection';
import { readError, toOrchestratorError } from './errors';
import type { Gateway } from './gateway';
import { clientConfig } from './pool';

/** A NOTIFY of our own arrives within milliseconds; through a transaction pooler never. */
const HEARING_MS = 2000;
const TOO_MANY_CONNECTIONS = '53300';

/** Whether LISTEN works over this connection: it hears what another connection notifies. Null = no connection was free. */
export async function hearsItself(connection: Connection, gateway: Gateway): Promise<boolean | null> {
	const client = new pg.Client(clientConfig(connection));
	client.on('error', () => undefined);
	// Hex alone: safe as an identifier.
	const channel = `orchestrator_doctor_${randomBytes(8).toString('hex')}`;
	let timer: NodeJS.Timeout | undefined;
	try {
		await client.connect();
		const heard = new Promise<boolean>((resolve) => {
			client.on('notification', (notice) => {
				if (notice.channel === channel) resolve(true);
			});
			timer = setTimeout(() => resolve(false), HEARING_MS);
		});
		await client.query(`listen ${channel}`);
		await gateway.query('select pg_notify($1, $2)', [channel, '']);
		return await heard;
	} catch (error) {
		if (readError(error).code === TOO_MANY_CONNECTIONS) return null;
		throw toOrchestratorError(error);
	} finally {
		clearTimeout(timer);
		await client.end().catch(() => undefined);
	}
}

/** Time zone of another database. */
export async function timezoneOf(connectionString: string): Promise<string> {
	const client = new pg.Client(clientConfig({ connectionString }));
	client.on('error', () => undefined);
	try {
		await client.connect();
		const { rows } = await client.query(`select current_setting('TimeZone') as timezone`);
		return z.object({ timezone: z.string() }).parse(rows[0]).timezone;
	} catch (error) {
		throw toOrchestratorError(error);
	} finally {
		await client.end().catch(() => undefined);
	}
}
