import { z } from 'zod/v4';
import { CREDENTIAL_NAMES, POSTGRES_CREDENTIAL } from '../../generator/catalogue';
import { exchange } from '../../generator/n8n-api/exchange';
import { signIn } from '../../host/n8n-session';
import type { LoggedRequest } from '../../host/simulator';
import { readWorkflows } from '../../host/workflow-file';
import { hasEnded, itemsFromLastNode, recordOf } from './execution-record';
import { startStage, type Stage, type StageOptions } from './stage';
import { until } from './verdict';

/** One execution of n8n's own list. */
export interface Run {
	id: string;
	workflow: string;
	mode: string;
	status: string;
	startedAt: number;
	stoppedAt: number | null;
}

/** A host on which an operator's cron workflows ask the simulated provider. */
export interface CronStage {
	stage: Stage;
	/** Everything that the provider received. */
	log: readonly LoggedRequest[];
	/** Imports a folder through the public API, updating those that are there; n8n's id of each name. */
	importFolder(folder: string): Promise<Map<string, string>>;
	/** What the editor's “Execute workflow” sends; answers when that execution has ended. */
	execute(id: string, trigger: string): Promise<Run>;
	/** Publishes all, lets n8n's clock fire all of them in one tick so many times, unpublishes them, waits for their ends. */
	letFire(ids: readonly string[], clock: { everyMs: number; times: number }): Promise<Run[]>;
	/** The items of the last node, as the public API gives them. */
	resultOf(run: Run): Promise<unknown[]>;
	close(): Promise<void>;
}

const POSTGRES = CREDENTIAL_NAMES[POSTGRES_CREDENTIAL] ?? '';

export async function startCronStage(name: string, options: StageOptions): Promise<CronStage> {
	const stage = await startStage(name, options);
	const { client, login, simulator } = stage.host;
	if (login === null || simulator === null) throw new Error('the stage has no login or no simulator');
	const cookie = await signIn(stage.n8nUrl, login);
	const credentials = new Map([
		['OpenAi account', await openAiCredential(stage, simulator.baseUrl.openai)],
		[POSTGRES, await idOfCredential(stage, POSTGRES)],
	]);

	const asPerson = async (path: string, body: object) => {
		const request = { method: 'POST' as const, path: `/rest/workflows/${path}`, headers: { cookie }, body };
		const answer = await exchange(stage.n8nUrl, request);
		if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
		return answer.body;
	};
	const runs = async (ids: readonly string[], mode: string) =>
		(await listRuns(stage, ids)).filter((run) => run.mode === mode);
	const ended = async (id: string) =>
		(await listRuns(stage)).find((run) => run.id === id && hasEnded(run.status));

	return {
		stage,
		log: simulator.requests,
		importFolder: async (folder) => {
			const ids = new Map<string, string>();
			for (const { workflow } of await readWorkflows(folder)) {
				const idOf = (_type: string, credential: string) => credentials.get(credential) ?? null;
				ids.set(workflow.name, (await client.ensureWorkflow(workflow, { credentials: idOf })).id);
			}
			return ids;
		},
		execute: async (id, trigger) => {
			const answer = executed.parse(await asPerson(`${id}/run`, { triggerToStartFrom: { name: trigger } }));
			return await until('it has ended', () => ended(answer.data.executionId), 60_000, 100);
		},
		letFire: async (ids, { everyMs, times }) => {
			const before = new Set((await runs(ids, 'trigger')).map(({ id }) => id));
			const fired = async () => (await runs(ids, 'trigger')).filter(({ id }) => !before.has(id));
			await Promise.all(ids.map((id) => client.activate(id)));
			const together = async () =>
				roundsOf(await fired(), everyMs).filter((round) => round.length === ids.length);
			const often = async () => (await together()).length >= times;
			await until(`all have fired together ${times} times`, often, 120_000, 100);
			await Promise.all(ids.map((id) => asPerson(`${id}/deactivate`, {})));
			return await until(
				'all that began has ended',
				async () => {
					const all = await fired();
					return all.every(({ status }) => hasEnded(status)) && all;
				},
				120_000,
				100,
			);
		},
		resultOf: async (run) => itemsFromLastNode(await recordOf(client, run.id)).map(({ json }) => json),
		close: () => stage.stop(),
	};
}

/** Runs that one tick of the clock fired; n8n fires up to a second after the tick, never before it. */
export function roundsOf(runs: readonly Run[], everyMs: number): Run[][] {
	const tickOf = ({ startedAt }: Run) => Math.floor(startedAt / everyMs);
	const ticks = new Set(runs.map(tickOf));
	return [...ticks].map((tick) => runs.filter((run) => tickOf(run) === tick));
}

const executed = z.object({ data: z.object({ executionId: z.string() }) });

/** As n8n's editor makes it, with its default name. */
async function openAiCredential({ host }: Stage, url: string): Promise<string> {
	const data = { apiKey: 'simulator', url, header: false };
	return (await host.client.ensureCredential({ name: 'OpenAi account', type: 'openAiApi', data })).id;
}

async function idOfCredential(stage: Stage, name: string): Promise<string> {
	const { rows } = await stage.n8nDatabase.query<{ id: string }>(
		'select id from credentials_entity where name = $1',
		[name],
	);
	if (rows[0] === undefined) throw new Error(`n8n has no credential ${name}`);
	return rows[0].id;
}

/** Executions in the order in which n8n numbered them; all, or those of some workflows. */
async function listRuns(stage: Stage, ids?: readonly string[]): Promise<Run[]> {
	const { rows } = await stage.n8nDatabase.query<
		Omit<Run, 'startedAt' | 'stoppedAt'> & { startedAt: Date | null; stoppedAt: Date | null }
	>(
		`select e.id::text, w.name as workflow, e.mode, e.status, e."startedAt", e."stoppedAt"
		 from execution_entity e join workflow_entity w on w.id = e."workflowId"
		 where $1::text[] is null or w.id = any($1) order by e.id`,
		[ids ?? null],
	);
	return rows.map(({ startedAt, stoppedAt, ...run }) => ({
		...run,
		startedAt: startedAt?.getTime() ?? Number.NaN,
		stoppedAt: stoppedAt?.getTime() ?? null,
	}));
}
