import type { Client } from 'pg';
import { wrap } from '../../generator/wrap';
import { signIn } from '../../host/n8n-session';
import { startStage, type Stage, type StageOptions } from './stage';
import { until } from './verdict';
import { startWitness, type Witness } from './witness';
import { type Work, workflowOf } from './witnessed-workflow';

/** A host on which wrapped workflows work in front of a witness. */
export interface LockStage {
	stage: Stage;
	witness: Witness;
	/** Publishes a workflow, wrapped in `lock` when one is named; `options` are those of its lock nodes. */
	publish(work: Work, lock?: string, options?: Record<string, number>): Promise<void>;
	/** True once n8n took the call; the webhook of a workflow just published needs a moment. */
	fire(name: string): Promise<boolean>;
	/** Fires all at once, round by round; a round ends with the work of all. */
	fireTogether(names: string[], rounds: number): Promise<void>;
	/** How often the work of a workflow began. */
	begins(name: string): number;
	/** Statuses of those who hold the lock and whose lease runs. */
	holds(lock: string): Promise<string[]>;
	untilOpen(lock: string): Promise<void>;
	untilEnded(name: string, status: string): Promise<void>;
	/** What the editor's Stop button sends, for the newest execution. */
	stopExecution(name: string): Promise<void>;
	close(): Promise<void>;
}

export async function startLockStage(name: string, options: StageOptions = {}): Promise<LockStage> {
	const witness = await startWitness();
	const stage = await startStage(name, options);
	const db = await stage.connect();
	const { login } = stage.host;
	if (login === null) throw new Error('the stage has no login');
	const cookie = await signIn(stage.n8nUrl, login);
	const holds = async (lock: string) => await statusesOf(db, lock);
	const fire = async (workflow: string) =>
		await until(`“${workflow}” is live`, async () => await call(stage, workflow), 30_000, 100);
	const ends = () => witness.seen.filter(({ event }) => event === 'end').length;

	return {
		stage,
		witness,
		holds,
		fire,
		publish: async (work, lock, over = {}) => {
			const workflow = workflowOf(work, witness.url);
			await stage.publish(lock === undefined ? workflow : wrapped(workflow, lock, over));
		},
		fireTogether: async (names, rounds) => {
			for (let round = 1; round <= rounds; round++) {
				await Promise.all(names.map(fire));
				const due = names.length * round;
				await until(`round ${round} has ended`, async () => ends() === due, 60_000, 20);
			}
		},
		begins: (workflow) =>
			witness.seen.filter((each) => each.event === 'begin' && each.workflow === pathOf(workflow)).length,
		untilOpen: async (lock) => {
			await until(`“${lock}” is open`, async () => (await holds(lock)).length === 0, 30_000);
		},
		untilEnded: async (workflow, status) => {
			const is = async () => (await newest(stage, workflow))?.status === status;
			await until(`“${workflow}” is ${status}`, is, 30_000);
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

function wrapped(workflow: ReturnType<typeof workflowOf>, lock: string, over: Record<string, number>) {
	const result = wrap(workflow, { lock });
	if (result.outcome !== 'wrapped') throw new Error(JSON.stringify(result));
	for (const { parameters, type } of result.workflow.nodes) {
		if (type.endsWith('.workflowMutex')) Object.assign(parameters?.options ?? {}, over);
	}
	return result.workflow;
}

const pathOf = (name: string) => name.replaceAll(' ', '-');

async function call(stage: Stage, name: string): Promise<boolean> {
	const response = await fetch(`${stage.n8nUrl}/webhook/${pathOf(name)}`, { method: 'POST' });
	await response.arrayBuffer();
	return response.ok;
}

async function statusesOf(db: Client, lock: string): Promise<string[]> {
	const { rows } = await db.query<{ status: string }>(
		`select status from orchestrator.mutex_holds where lock_name = $1 and lease_until > clock_timestamp()`,
		[lock],
	);
	return rows.map(({ status }) => status);
}

async function newest(stage: Stage, name: string): Promise<{ id: string; status: string } | undefined> {
	const { rows } = await stage.n8nDatabase.query<{ id: string; status: string }>(
		`select e.id::text, e.status from execution_entity e join workflow_entity w on w.id = e."workflowId"
		 where w.name = $1 order by e.id desc limit 1`,
		[name],
	);
	return rows[0];
}
