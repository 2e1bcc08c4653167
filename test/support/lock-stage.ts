import type { Client } from 'pg';
import { type ForeignWorkflow, wrap, type WrapOptions } from '../../generator/wrap';
import { signIn } from '../../host/n8n-session';
import { type ExecutionRecord, hasEnded, newestRecord } from './execution-record';
import { startStage, type Stage, type StageOptions } from './stage';
import { until } from './verdict';
import { overlaps, type Sighting, startWitness, type Witness } from './witness';
import { pathOf, type Work, workflowOf } from './witnessed-workflow';

/** A host on which wrapped workflows work in front of a witness. */
export interface LockStage {
	stage: Stage;
	witness: Witness;
	/** Publishes a workflow, wrapped in `lock` when one is named; `options` are those of its lock nodes. Its id in n8n. */
	publish(work: Work, lock?: string, options?: Record<string, number>): Promise<string>;
	/** Publishes any workflow, wrapped when `choice` is given; its id in n8n. */
	publishAny(workflow: ForeignWorkflow, choice?: WrapOptions): Promise<string>;
	/** True once n8n took the call; the webhook of a workflow just published needs a moment. */
	fire(name: string, body?: object): Promise<boolean>;
	/** Fires all at once, round by round; a round ends with the work of all. */
	fireTogether(names: string[], rounds: number): Promise<void>;
	/** What the witness saw of these workflows. */
	seen(...names: string[]): Sighting[];
	/** How often the work of a workflow began. */
	begins(name: string): number;
	/** How often one of these began to work while another, or an earlier one of its own, did. */
	overlaps(...names: string[]): number;
	/** Those who hold the lock and whose lease runs. */
	holds(lock: string): Promise<Hold[]>;
	untilOpen(lock: string): Promise<void>;
	untilDraining(lock: string): Promise<void>;
	untilEnded(name: string, status: string): Promise<void>;
	/** The newest execution of a workflow as n8n's API shows it, once it has ended. */
	untilRecorded(name: string): Promise<ExecutionRecord>;
	/** Calls the address at which a parked execution goes on. */
	resume(name: string): Promise<void>;
	/** What the editor's Stop button sends, for the newest execution. */
	stopExecution(name: string): Promise<void>;
	close(): Promise<void>;
}

export interface Hold {
	status: string;
	leaseUntil: Date;
}

export async function startLockStage(name: string, options: StageOptions = {}): Promise<LockStage> {
	const witness = await startWitness();
	const stage = await startStage(name, options);
	const db = await stage.connect();
	const { login } = stage.host;
	if (login === null) throw new Error('the stage has no login');
	const cookie = await signIn(stage.n8nUrl, login);
	const holds = async (lock: string) => await holdsOf(db, lock);
	const fire = async (workflow: string, body?: object) =>
		await until(`“${workflow}” is live`, async () => await call(stage, workflow, body), 30_000, 100);
	const seen = (...names: string[]) => {
		const paths = names.map(pathOf);
		return witness.seen.filter(({ workflow }) => paths.includes(workflow));
	};
	const ends = (names: string[]) => seen(...names).filter(({ event }) => event === 'end').length;

	return {
		stage,
		witness,
		holds,
		fire,
		seen,
		publish: async (work, lock, over = {}) => {
			const workflow = workflowOf(work, witness.url);
			return await stage.publish(lock === undefined ? workflow : wrapped(workflow, { lock }, over));
		},
		publishAny: async (workflow, choice) =>
			await stage.publish(choice === undefined ? workflow : wrapped(workflow, choice)),
		fireTogether: async (names, rounds) => {
			for (let round = 1; round <= rounds; round++) {
				await Promise.all(names.map((each) => fire(each)));
				const due = names.length * round;
				await until(`round ${round} has ended`, async () => ends(names) === due, 60_000, 20);
			}
		},
		begins: (workflow) => seen(workflow).filter(({ event }) => event === 'begin').length,
		overlaps: (...names) => overlaps(seen(...names)),
		untilOpen: async (lock) => {
			await until(`“${lock}” is open`, async () => (await holds(lock)).length === 0, 30_000);
		},
		untilDraining: async (lock) => {
			const drains = async () => (await holds(lock))[0]?.status === 'draining';
			await until(`“${lock}” drains`, drains, 30_000);
		},
		untilEnded: async (workflow, status) => {
			const is = async () => (await newest(stage, workflow))?.status === status;
			await until(`“${workflow}” is ${status}`, is, 30_000);
		},
		untilRecorded: async (workflow) => {
			const id = await idOf(stage, workflow);
			return await until(
				`“${workflow}” has ended and is recorded`,
				async () => {
					const last = await newest(stage, workflow);
					if (last === undefined || !hasEnded(last.status)) return null;
					const record = await newestRecord(stage.host.client, id);
					return record?.id === last.id ? record : null;
				},
				30_000,
			);
		},
		resume: async (workflow) => {
			const address = seen(workflow).at(-1)?.resumeUrl ?? '';
			const response = await fetch(address);
			if (!response.ok) throw new Error(`${address} answered ${response.status}: ${await response.text()}`);
		},
		stopExecution: async (workflow) => {
			const execution = await newest(stage, workflow);
			const response = await fetch(`${stage.n8nUrl}/rest/executions/${execution?.id}/stop`, {
				method: 'POST',
				headers: { cookie, 'content-type': 'application/json' },
				body: '{}',
			});
			if (!response.ok) throw new Error(`Stop was refused: ${response.status} ${await response.text()}`);
		},
		close: async () => {
			await db.end();
			await stage.stop();
			await witness.close();
		},
	};
}

function wrapped(
	workflow: ForeignWorkflow,
	choice: WrapOptions,
	over: Record<string, number> = {},
): ForeignWorkflow {
	const result = wrap(workflow, choice);
	if (result.outcome !== 'wrapped') throw new Error(JSON.stringify(result));
	for (const { parameters, type } of result.workflow.nodes) {
		if (type.endsWith('.workflowMutex')) Object.assign(parameters?.options ?? {}, over);
	}
	return result.workflow;
}

async function call(stage: Stage, name: string, body: object = {}): Promise<boolean> {
	const response = await fetch(`${stage.n8nUrl}/webhook/${pathOf(name)}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	await response.arrayBuffer();
	return response.ok;
}

async function holdsOf(db: Client, lock: string): Promise<Hold[]> {
	const { rows } = await db.query<Hold>(
		`select status, lease_until as "leaseUntil" from orchestrator.mutex_holds
		 where lock_name = $1 and lease_until > clock_timestamp()`,
		[lock],
	);
	return rows;
}

async function newest(stage: Stage, name: string): Promise<{ id: string; status: string } | undefined> {
	const { rows } = await stage.n8nDatabase.query<{ id: string; status: string }>(
		`select e.id::text, e.status from execution_entity e join workflow_entity w on w.id = e."workflowId"
		 where w.name = $1 order by e.id desc limit 1`,
		[name],
	);
	return rows[0];
}

async function idOf(stage: Stage, name: string): Promise<string> {
	const { rows } = await stage.n8nDatabase.query<{ id: string }>(
		'select id from workflow_entity where name = $1',
		[name],
	);
	if (rows[0] === undefined) throw new Error(`n8n has no workflow “${name}”`);
	return rows[0].id;
}
