import { Client } from 'pg';
import type { DatabaseAddress } from './postgres';

const LOGIN = 'orchestrator_n8n';
/** S15: the sum over all processes of n8n. */
const CONNECTION_LIMIT = 20;

/** The login that n8n's nodes get: a member of orchestrator_worker and nothing else. Call after the migration. */
export async function workerLogin(owner: DatabaseAddress, password: string): Promise<DatabaseAddress> {
	const client = new Client({ connectionString: owner.connectionString });
	await client.connect();
	try {
		const { rowCount } = await client.query('select from pg_roles where rolname = $1', [LOGIN]);
		const secret = client.escapeLiteral(password);
		if (rowCount === 0) await client.query(`create role ${LOGIN} login`);
		await client.query(`alter role ${LOGIN} password ${secret} connection limit ${CONNECTION_LIMIT}`);
		await client.query(`grant orchestrator_worker to ${LOGIN}`);
	} finally {
		await client.end();
	}
	const url = new URL(owner.connectionString);
	url.username = LOGIN;
	url.password = password;
	return { ...owner, user: LOGIN, password, connectionString: url.href };
}
