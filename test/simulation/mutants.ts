import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestDatabase } from '../support/postgres';

const FUNCTIONS = join(__dirname, '..', '..', 'migrations', 'functions');

/** One line of one SQL function made wrong, and the rule of the checker that must object. */
export interface Mutant {
	name: string;
	rule: string;
	sqlFunction: string;
	changes: readonly (readonly [right: string, wrong: string])[];
	/** It shows only while operators cancel, with every n-th pass. */
	cancelEvery?: number;
}

export const MUTANTS: readonly Mutant[] = [
	{
		name: 'a claim that takes one slot more than are free',
		rule: 'within caps',
		sqlFunction: 'claim',
		changes: [
			[
				'from execution_slots where execution_id is null\n',
				'from execution_slots where execution_id is null or slot_no = 1\n',
			],
		],
	},
	{
		name: 'a gate that lets one execution too many of a type pass',
		rule: 'within caps',
		sqlFunction: 'admissible_types',
		changes: [
			['y.max_concurrent - a.active,', 'y.max_concurrent + 1 - a.active,'],
			['a.active < y.max_concurrent and', 'a.active <= y.max_concurrent and'],
		],
	},
	{
		name: 'a settlement that answers “applied” and leaves the tasks as they were',
		rule: 'answered after commit',
		sqlFunction: 'settle_execution',
		changes: [
			[
				'return apply_callbacks(',
				`return '{"outcome": "applied", "settledTasks": []}'; perform apply_callbacks(`,
			],
		],
	},
	{
		name: 'a settlement that writes an outcome twice',
		rule: 'settled once',
		sqlFunction: 'apply_callbacks',
		changes: [
			[
				"and t.execution_id = i.execution and t.epoch = i.epoch\n\t\t\tand t.state in ('claimed', 'running')",
				"and t.state in ('claimed', 'running', 'succeeded')",
			],
		],
	},
	{
		name: 'a claim that uses an epoch again',
		rule: 'epochs rise',
		sqlFunction: 'claim',
		changes: [['e_epoch || 1 + v_epoch;', 'e_epoch || greatest(1, v_epoch);']],
	},
	{
		name: 'a settlement that stores no receipt',
		rule: 'settled with receipt',
		sqlFunction: 'settle_execution',
		changes: [
			[
				'insert into callback_receipts (webhook_id, execution_id, epoch, outcome)\n\tvalues',
				'perform 1 from (values',
			],
			["'applied') on conflict do nothing;\n\tif not found", "'applied')) receipt;\n\tif false"],
		],
	},
	{
		name: 'a share that nobody respects',
		rule: 'within shares',
		sqlFunction: 'share_caps',
		changes: [['if v_keys < 2 then', 'if true then']],
	},
	{
		name: 'a score in which no age makes up for priority',
		rule: 'overtaken within 90 minutes',
		sqlFunction: 'score',
		changes: [['p_priority * 10 +', 'p_priority * 1000 +']],
	},
	{
		name: 'a sink that asks nobody whether the execution is still in force',
		rule: 'applied once',
		sqlFunction: 'publish_article',
		changes: [
			[
				"and kind = 'dispatch'\n\t\tand status in ('claimed', 'accepted', 'started') for share",
				"and kind = 'dispatch' for share",
			],
			[
				"and execution_id = p_execution_id and epoch = p_epoch\n\t\tand idempotency_key = p_idempotency_key and state in ('claimed', 'running')",
				'and idempotency_key = p_idempotency_key',
			],
		],
	},
	{
		name: 'a cancel that ends an execution which works on for another task',
		rule: 'claims end',
		sqlFunction: 'finish_when_settled',
		changes: [
			[
				'if exists (select 1 from tasks where id = any (p_row.task_ids) and execution_id = p_row.id) then',
				'if false then',
			],
		],
		cancelEvery: 2,
	},
];

/** Puts the faulty function into this database alone. A right line that is no longer there is an error, not a healthy mutant. */
export async function plant({ sqlFunction, changes }: Mutant, database: TestDatabase): Promise<void> {
	const file = join(FUNCTIONS, `${sqlFunction}.sql`);
	const faulty = changes.reduce(
		(sql, [right, wrong]) => {
			if (sql.split(right).length !== 2) throw new Error(`${sqlFunction}.sql must have this once: ${right}`);
			return sql.replace(right, wrong);
		},
		readFileSync(file, 'utf8'),
	);
	const [before] = await database.query(
		`select prosecdef as definer, oid::regprocedure as signature from pg_proc
		where proname = $1 and pronamespace = 'orchestrator'::regnamespace`,
		[sqlFunction],
	);
	await database.query(faulty);
	// Replacing a function forgets whose rights it has.
	if (before?.definer) await database.query(`alter function ${String(before.signature)} security definer`);
}
