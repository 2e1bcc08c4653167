import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, verdictText } from '../history/check';
import { readHistory } from '../history/read-history';
import type { History, Offence } from '../history/records';
import { lookFromTheBeginning } from '../postgres/scenario';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { until } from '../support/verdict';
import { PlayerProcess } from './company';
import { type Casting, DEPLOYMENT } from './messages';

/** Leases and waits so short that a killed process is found out within a second; nothing dies for good. */
const SHORT_LEASES = `update orchestrator.workflow_types set dispatch_lease_seconds = 0.6, work_lease_seconds = 0.6,
	max_attempts = 100, backoff_base_seconds = 0.05, backoff_ceiling_seconds = 0.3, backoff_jitter_seconds = 0.02,
	delivery_backoff_seconds = 0.05, delivery_retries = 100, limit_seconds = 60`;

/** Four slots; the first type may use two of them, the other three. The key “guide” of each weighs five times any other. */
export const TYPES = { articles: 2, audits: 3 } as const;

/** A database with its outside witness, and the processes that play on it. */
export class Theatre {
	private readonly processes: PlayerProcess[] = [];

	private constructor(
		readonly database: TestDatabase,
		private readonly folder: string,
	) {}

	static async open(): Promise<Theatre> {
		const database = await freshDatabase();
		await database.query(readFileSync(join(__dirname, '..', 'history', 'outside.sql'), 'utf8'));
		await database.query(`delete from orchestrator.workflow_types`);
		for (const [type, cap] of Object.entries(TYPES)) {
			await database.query(
				`insert into orchestrator.workflow_types (workflow_type, title, max_concurrent) values ($1, $1, $2)`,
				[type, cap],
			);
		}
		await database.query(SHORT_LEASES);
		await database.query('insert into orchestrator.execution_slots (slot_no) values (4)');
		await database.query(`insert into orchestrator.fair_keys (fair_key, workflow_type, weight)
			values ('articles:guide', 'articles', 5), ('audits:guide', 'audits', 5)`);
		return new Theatre(database, await mkdtemp(join(tmpdir(), 'orchestrator-theatre-')));
	}

	get witnessFile(): string {
		return join(this.folder, 'witness.jsonl');
	}

	/** Starts a process; it is ended with the theatre, if not before. */
	start(): PlayerProcess {
		const process = PlayerProcess.start(join(this.folder, 'compiled'));
		this.processes.push(process);
		return process;
	}

	casting(name: string, port: number | null, databaseUrl = this.database.url): Omit<Casting, 'receiver'> {
		return { name, port, databaseUrl, witnessFile: this.witnessFile };
	}

	/** From now on tasks of these types are dispatched to this port, and reported to it or to another. */
	async register(
		port: number,
		callbackPort = port,
		types: readonly string[] = Object.keys(TYPES),
	): Promise<void> {
		const url = (at: number, path: string) => `http://127.0.0.1:${at}/${path}`;
		const upsert = `insert into orchestrator.endpoints (deployment, kind, workflow_type, url) values ('${DEPLOYMENT}', $1, $2, $3)
			on conflict (deployment, kind, coalesce(workflow_type, ''), test) do update set url = excluded.url`;
		await this.database.query(upsert, ['callback', null, url(callbackPort, 'callback')]);
		for (const type of types) await this.database.query(upsert, ['task', type, url(port, `task/${type}`)]);
	}

	async setLeases({
		dispatchSeconds,
		workSeconds,
	}: {
		dispatchSeconds: number;
		workSeconds: number;
	}): Promise<void> {
		await this.database.query(
			'update orchestrator.workflow_types set dispatch_lease_seconds = $1, work_lease_seconds = $2',
			[dispatchSeconds, workSeconds],
		);
	}

	/** Nobody waits for the leases of the dead: those in force end in a moment, which leaves the living time to renew. */
	async letLeasesRunOut(): Promise<void> {
		await this.database.query(`update orchestrator.workflow_orchestration
			set lease_until = least(lease_until, clock_timestamp() + interval '0.3 seconds')
			where kind = 'dispatch' and lease_until is not null`);
	}

	/** The least urgent tasks have been waiting since before anything else came, in their rows and in the log: nobody may overtake them. */
	async letSomeHaveWaitedForHours(): Promise<void> {
		await this.database.query(
			`with aged as (
				update orchestrator.tasks set eligible_at = eligible_at - interval '5 hours'
				where state = 'queued' and priority <= 2 returning id
			)
			update orchestrator.state_transitions set at = at - interval '5 hours'
			where entity = 'task' and task_id in (select id from aged)`,
		);
		await lookFromTheBeginning(this.database);
	}

	async count(condition: string): Promise<number> {
		const [row] = await this.database.query(
			`select count(*)::int as n from orchestrator.tasks where ${condition}`,
		);
		return Number(row?.n);
	}

	/** Waits until every task and every execution has ended, while somebody passes. */
	async drained(timeoutMs = 60_000): Promise<void> {
		await until(
			'every task and every execution has ended',
			async () => {
				const [row] = await this.database.query(`select
					(select count(*) from orchestrator.tasks where state not in ('succeeded', 'dead', 'cancelled'))
					+ (select count(*) from orchestrator.workflow_orchestration where kind = 'dispatch' and lease_until is not null) as open`);
				return Number(row?.open) === 0;
			},
			timeoutMs,
			20,
		);
	}

	async history(): Promise<History> {
		return await readHistory(async (sql) => this.database.query(sql), this.witnessFile);
	}

	/** Who was killed and where, as the witness heard it from them. */
	async deaths(): Promise<string[]> {
		const { sightings } = await this.history();
		return sightings.flatMap((each) => (each.what === 'killed' ? [each.where] : []));
	}

	async judge(
		options: { drained?: boolean } = {},
	): Promise<{ history: History; offences: Offence[]; text: string }> {
		const history = await this.history();
		const offences = check(history, options);
		return { history, offences, text: verdictText(offences) };
	}

	/** The checker as a program of its own, over the same database and witness. */
	async runChecker(): Promise<{ code: number; output: string }> {
		const root = join(__dirname, '..');
		const hook = join(root, 'generator', 'typescript-hook.cjs');
		const program = join(root, 'history', 'main.ts');
		return await new Promise((resolve) => {
			execFile(
				process.execPath,
				['-r', hook, program, this.database.ownerUrl, this.witnessFile],
				(error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
			);
		});
	}

	async close(): Promise<void> {
		await Promise.all(this.processes.map(async (each) => each.end()));
		await this.database.drop();
		await rm(this.folder, { recursive: true, force: true });
	}
}

/** A port on which nobody listens just now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}
