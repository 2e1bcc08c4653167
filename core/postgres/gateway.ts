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

	/** The same object for all gateways of this process to one database. */
	get pool(): object {
		return this.lease.pool;
	}

	/**
	 * Every row, decoded. Zero rows is a normal answer. The schema belongs into a constant: zod compiles an object schema
	 * at its first use, which costs more than the statement.
	 */
	async rows<T>(row: z.ZodType<T>, sql: string, values: unknown[] = []): Promise<T[]> {
		return (await this.checkedRows(sql, values)).map((each) => row.parse(each));
	}

	/** The `answer` column of every row of `select f(…) as answer`. */
	async answers<T>(answer: z.ZodType<T>, sql: string, values: unknown[] = []): Promise<T[]> {
		return (await this.checkedRows(sql, values)).map((row) => answer.parse(row.answer));
	}

	/** The same of the only row. */
	async answer<T>(answer: z.ZodType<T>, sql: string, values: unknown[] = []): Promise<T> {
		const rows = await this.checkedRows(sql, values);
		if (!rows[0]) throw new Error(`expected one row from: ${sql}`);
		return answer.parse(rows[0].answer);
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

	private async checkedRows(sql: string, values: unknown[]): Promise<Array<Record<string, unknown>>> {
		await this.checkSchema();
		try {
			return (await this.query(sql, values)).rows;
		} catch (error) {
			if (isSchemaFailure(error)) this.lease.shared.schemaChecked = false;
			throw error;
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
