import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod/v4';
import { N8nRefusedError } from '../../generator/n8n-api/errors';
import { N8nApi } from '../../generator/n8n-api/n8n-api';
import type { ForeignNode, ForeignWorkflow } from '../../generator/wrap';
import { API_SCOPES, createApiKey } from '../../host/n8n-session';
import { type Ran, runCommand } from './command-line';
import { type LockStage, startLockStage } from './lock-stage';
import { until } from './verdict';

/** A host whose workflows are changed in place by the command line, as an operator’s are. */
export interface LiveStage {
	locks: LockStage;
	/** A key with every scope that the commands need. */
	api: N8nApi;
	apiKey: string;
	/** Creates a workflow as an operator’s own; published unless told otherwise. Answers its id. */
	create(workflow: object, options?: { publish?: boolean }): Promise<string>;
	/** Unpublishes and deletes it. */
	remove(id: string): Promise<void>;
	/** The command line, with address, key and database in its environment. */
	run(args: string[], env?: Record<string, string>): Promise<Ran>;
	/** POSTs to a webhook and answers the status. */
	post(path: string): Promise<number>;
	/** Working folder of the command line. */
	folder: string;
	close(): Promise<void>;
}

const withId = z.looseObject({ id: z.string() });

export async function startLiveStage(name: string): Promise<LiveStage> {
	const locks = await startLockStage(name);
	const { n8nUrl, host } = locks.stage;
	if (host.login === null) throw new Error('the stage has no login');
	const apiKey = await createApiKey(n8nUrl, host.login, [...API_SCOPES, 'workflow:deactivate']);
	const api = new N8nApi(n8nUrl, apiKey);
	const folder = await mkdtemp(join(tmpdir(), 'live-'));
	const own = { N8N_URL: n8nUrl, N8N_API_KEY: apiKey, DATABASE_URL: host.database.connectionString };
	return {
		locks,
		api,
		apiKey,
		folder,
		create: async (workflow, { publish = true } = {}) => {
			const { id } = await api.call({ method: 'POST', path: '/workflows', body: workflow }, withId);
			if (publish) await api.publish(id);
			return id;
		},
		remove: async (id) => {
			await api.call({ method: 'POST', path: `/workflows/${id}/deactivate` }, z.unknown());
			// n8n unpublishes asynchronously, and deletes no workflow that is still being unpublished.
			await until(`${id} is deleted`, async () => await isDeleted(host.client.deleteWorkflow(id)), 60_000);
		},
		run: async (args, env = {}) => await runCommand(args, { cwd: folder, env: { ...own, ...env } }),
		post: async (path) => {
			const response = await fetch(`${n8nUrl}/webhook/${path}`, { method: 'POST' });
			await response.arrayBuffer();
			return response.status;
		},
		close: async () => {
			await locks.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function isDeleted(deletion: Promise<void>): Promise<boolean> {
	return await deletion.then(
		() => true,
		(error: unknown) => {
			if (error instanceof N8nRefusedError) return false;
			throw error;
		},
	);
}

const place = (column: number): [number, number] => [column * 220, 0];

const step = (name: string, column: number, type: string, over: Partial<ForeignNode>): ForeignNode => ({
	id: `${name.toLowerCase()}-id`,
	name,
	type: `n8n-nodes-base.${type}`,
	position: place(column),
	...over,
});

const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });

/** A schedule that never comes and a webhook that answers at the end; the work is a request to the witness. */
export function scheduledWork(name: string, jobUrl: string): ForeignWorkflow {
	return {
		name,
		nodes: [
			step('Yearly', 0, 'scheduleTrigger', {
				typeVersion: 1.2,
				parameters: { rule: { interval: [{ field: 'cronExpression', expression: '0 0 1 1 *' }] } },
			}),
			step('Call', 0, 'webhook', {
				typeVersion: 2,
				position: [0, 200],
				webhookId: `${name}-hook`,
				parameters: { httpMethod: 'POST', path: name, responseMode: 'lastNode', options: {} },
			}),
			step('Work', 2, 'httpRequest', {
				typeVersion: 4.2,
				parameters: { url: `=${jobUrl}`, options: { timeout: 60_000 } },
			}),
		],
		connections: { Yearly: to('Work'), Call: to('Work') },
		settings: { executionOrder: 'v1' },
	};
}

/** Counts in its static data, and has everything that an operator’s workflow can have. */
export function counter(name: string, witnessUrl: string, credentialId: string): object {
	const { nodes, connections, settings } = scheduledWork(
		name,
		`${witnessUrl}/job/${name}/{{ $json.count }}?ms=0`,
	);
	const credentials = { httpHeaderAuth: { id: credentialId, name: 'Partner' } };
	const work = { authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' };
	return {
		name,
		nodes: [
			...nodes.map((node) =>
				node.name === 'Work'
					? {
							...node,
							credentials,
							notes: 'Ask Ada first',
							notesInFlow: true,
							parameters: { ...node.parameters, ...work },
						}
					: node,
			),
			step('Count', 1, 'code', {
				typeVersion: 2,
				retryOnFail: true,
				maxTries: 2,
				parameters: { jsCode: COUNT },
			}),
			step('Old', 3, 'noOp', { typeVersion: 1, disabled: true, parameters: {} }),
			step('Note', 4, 'stickyNote', { typeVersion: 1, parameters: { content: '## Billing' } }),
		],
		connections: { ...connections, Yearly: to('Count'), Call: to('Count'), Count: to('Work') },
		settings: {
			...(settings as object),
			timezone: 'Europe/Berlin',
			executionTimeout: 600,
			saveManualExecutions: true,
			callerPolicy: 'workflowsFromSameOwner',
		},
		pinData: { Yearly: [{ json: { pinned: true } }] },
	};
}

const COUNT = `const data = $getWorkflowStaticData('global');
data.count = (data.count ?? 0) + 1;
return [{ json: { count: data.count } }];`;

/** A poll trigger that ships with n8n; the witness sees each entry that it hands on. */
export function feedReader(feedUrl: string, witnessUrl: string): object {
	return {
		name: 'Feed reader',
		nodes: [
			step('Feed', 0, 'rssFeedReadTrigger', {
				typeVersion: 1,
				parameters: { feedUrl, pollTimes: { item: [{ mode: 'everyMinute' }] } },
			}),
			step('Work', 1, 'httpRequest', {
				typeVersion: 4.2,
				parameters: { url: `=${witnessUrl}/job/feed/{{ $json.guid }}?ms=0`, options: {} },
			}),
		],
		connections: { Feed: to('Work') },
		settings: { executionOrder: 'v1' },
	};
}
