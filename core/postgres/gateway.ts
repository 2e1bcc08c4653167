import type pg from 'pg';
import { z } from 'zod/v4';
import { toOrchestratorError, isSchemaFailure, readError } from './errors';
import type { PoolLease } from './pool';
import { assertSchemaFits } from './schema-check';

/** 53300 (no connection free) and 40P01 (deadlock) pass by themselves: this often, after these pauses, then the error. */
const RETRY_PAUSES_MS = [100, 300, 900] as const;
const RETRYABLE = new Set(['53300', '40P01']);

/** A timestamptz, as node-postgres (Date) or jsonb (text) gives it. */
export const instant = z.coerce.date();

/**
 * The only way from stores to the database: one statement = one transaction, rows decoded by zod, errors mapped by
 * SQLSTATE. No named statements, no session settings: a transaction pooler may sit between (S15).
 */
export class Gateway {
	constructor(
		private readonly lease: PoolLease,
		private readonly sleep: (ms: number) => Promise<void>,
	) {}

	/** Every row, decoded. Zero rows is a normal answer. */
	async rows<T>(row: z.ZodType<T>, sql: string, values: unknown[] = []): Promise<T[]> {
		await this.checkSchema();
		try {
			const { rows } = await this.query(sql, values);
			return z.array(row).parse(rows);
		} catch (error) {
			if (isSchemaFailure(error)) this.lease.shared.schemaChecked = false;
			throw error;
		}
	}

	/** The `answer` column of the only row of `select f(…) as answer`. */
	async answer<T>(answer: z.ZodType<T>, sql: string, values: unknown[] = []): Promise<T> {
		const [row] = await this.rows(z.object({ answer }), sql, values);
		if (!row) throw new Error(`expected one row from: ${sql}`);
		return row.answer;
	}

	/** A statement that must also work on a database without our schema. */
	async query(sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
		for (let attempt = 0; ; attempt++) {
			try {
				return await this.lease.pool.query(sql, values);
			} catch (error) {
				const pauseMs = RETRY_PAUSES_MS[attempt];
				if (pauseMs === undefined || !RETRYABLE.has(readError(error).code ?? ''))
					throw toOrchestratorError(error);
				await this.sleep(pauseMs);
			}
		}
	}

	/** Several statements in one READ COMMITTED transaction; anything thrown rolls all of it back. */
	async transaction<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
		let client: pg.PoolClient | undefined;
		try {
			client = await this.lease.pool.connect();
			await client.query('begin isolation level read committed');
			const result = await work(client);
			await client.query('commit');
			client.release();
			return result;
		} catch (error) {
			await rollBack(client);
			throw toOrchestratorError(error);
		}
	}

	private async checkSchema(): Promise<void> {
		if (this.lease.shared.schemaChecked) return;
		await assertSchemaFits(this);
		this.lease.shared.schemaChecked = true;
	}
}

async function rollBack(client: pg.PoolClient | undefined): Promise<void> {
	if (!client) return;
	try {
		await client.query('rollback');
		client.release();
	} catch (error) {
		// The connection itself is gone: the server rolls back, the pool must not reuse it.
		client.release(error instanceof Error ? error : true);
	}
}
