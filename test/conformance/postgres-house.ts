import { announce, emptyQueue, lookFromTheBeginning, oneRow, TYPE } from '../postgres/scenario';
import { moveInstants } from '../postgres/clock';
import { emptyArchive } from '../postgres/history-scenario';
import { emptyLocks } from '../postgres/mutex-scenario';
import type { StorePorts } from '../support/fake';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { type House, OTHER_TYPE, type TypeSettings } from './house';

/** The stores of the product on a database of their own, as a worker sees them. */
export class PostgresHouse implements House {
	private constructor(
		private readonly database: TestDatabase,
		readonly ports: StorePorts,
		/** Rows that the migrations made, as JSON. */
		private readonly registered: unknown[],
	) {}

	static async open(): Promise<House> {
		const database = await freshDatabase();
		const { types, models } = await oneRow(
			database,
			`select (select jsonb_agg(to_jsonb(y)) from orchestrator.workflow_types y) as types,
				(select jsonb_agg(to_jsonb(m)) from orchestrator.llm_models m) as models`,
		);
		const house = new PostgresHouse(database, database.orchestrator(), [types, models]);
		await house.reset();
		return house;
	}

	readonly now = async (): Promise<Date> => {
		const { at } = await oneRow(this.database, 'select clock_timestamp() as at');
		if (!(at instanceof Date)) throw new Error(`expected an instant, got ${String(at)}`);
		return at;
	};

	readonly pass = async (seconds: number): Promise<void> => {
		await moveInstants(this.database, -seconds);
		await lookFromTheBeginning(this.database);
	};

	readonly configure = async (workflowType: string, settings: TypeSettings): Promise<void> => {
		await this.database.query(
			`insert into orchestrator.workflow_types (workflow_type, title) values ($1, $1) on conflict do nothing`,
			[workflowType],
		);
		for (const [name, value] of Object.entries(settings)) {
			const column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
			await this.database.query(
				`update orchestrator.workflow_types set ${column} = $2 where workflow_type = $1`,
				[workflowType, value],
			);
		}
	};

	readonly setSlots = async (count: number): Promise<void> => {
		await this.database.query('delete from orchestrator.execution_slots where execution_id is null');
		await this.database.query(
			'insert into orchestrator.execution_slots (slot_no) select generate_series(1, $1::int) on conflict do nothing',
			[count],
		);
	};

	readonly reset = async (): Promise<void> => {
		const { database } = this;
		await emptyQueue(database);
		await emptyLocks(database);
		await emptyArchive(database);
		for (const table of ['fair_keys', 'endpoints', 'workflow_types', 'llm_models'])
			await database.query(`delete from orchestrator.${table}`);
		const [types, models] = this.registered;
		await this.restore('workflow_types', types);
		await this.restore('llm_models', models);
		for (const type of [TYPE, OTHER_TYPE]) {
			await this.configure(type, { backoffJitterSeconds: 0 });
			await announce(this.ports, type);
		}
	};

	readonly close = async (): Promise<void> => {
		await this.database.drop();
	};

	private async restore(table: 'workflow_types' | 'llm_models', rows: unknown): Promise<void> {
		await this.database.query(
			`insert into orchestrator.${table} select * from jsonb_populate_recordset(null::orchestrator.${table}, $1)`,
			[JSON.stringify(rows)],
		);
	}
}
