import { z } from 'zod/v4';
import { requireScopes } from '../../generator/live/instance';
import { type ApiRequest, decoded, exchange } from '../../generator/n8n-api/exchange';
import { N8nApi } from '../../generator/n8n-api/n8n-api';
import { API_SCOPES, createApiKey, signIn } from '../../host/n8n-session';
import type { ForeignNode } from '../../generator/wrap';
import { type LockStage, startLockStage } from '../support/lock-stage';
import { takeAway } from '../support/taken-away';
import { until } from '../support/verdict';
import { webhook } from '../support/witnessed-workflow';

const NAME = 'Zombie';
const STOPPER = 'Stopper';
const CREDENTIAL = { type: 'orchestratorN8nApi', name: 'Orchestrator n8n API account' };
let locks: LockStage;
let api: N8nApi;
let apiKey: string;
/** The workflow whose executions are taken away. */
let zombie: string;
/** As n8n itself shows it to a person. */
let instanceId: string;

beforeAll(async () => {
	locks = await startLockStage('zombie');
	const { n8nUrl, host } = locks.stage;
	if (host.login === null) throw new Error('the stage has no login');
	apiKey = await createApiKey(n8nUrl, host.login, [...API_SCOPES, 'execution:stop']);
	api = new N8nApi(n8nUrl, apiKey);
	const settings: ApiRequest = {
		method: 'GET',
		path: '/rest/settings',
		headers: { cookie: await signIn(n8nUrl, host.login) },
	};
	const shown = z.object({ data: z.object({ instanceId: z.string().min(1) }) });
	instanceId = decoded(settings, await exchange(n8nUrl, settings), shown).data.instanceId;
	zombie = await locks.publish({ name: NAME, workMs: 120_000 });
}, 300_000);
afterAll(async () => {
	await locks?.close();
}, 60_000);

const running = async (): Promise<string | undefined> => {
	const page = z.object({ data: z.array(z.looseObject({ id: z.coerce.string() })) });
	return (await api.call({ method: 'GET', path: `/executions?status=running&workflowId=${zombie}` }, page))
		.data[0]?.id;
};

/** Webhook → Stop Zombies, with the credential for the API. */
async function publishStopper(): Promise<void> {
	const data = { baseUrl: locks.stage.n8nUrl, apiKey };
	await api.call({ method: 'POST', path: '/credentials', body: { ...CREDENTIAL, data } }, z.unknown());
	const node: ForeignNode = {
		id: 'stop',
		name: 'Stop Zombies',
		type: 'n8n-nodes-master-orchestrator.stateMachineController',
		typeVersion: 1,
		position: [220, 0],
		parameters: { operation: 'stopZombies' },
		credentials: {
			orchestratorPostgres: { name: 'Orchestrator Postgres account' },
			[CREDENTIAL.type]: { name: CREDENTIAL.name },
		},
	};
	await locks.publishAny({
		name: STOPPER,
		nodes: [{ ...webhook(STOPPER), id: 'webhook', position: [0, 0] }, node],
		connections: { Webhook: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	});
}

test('a real n8n stops an execution that works, and says of one that has ended or never was that it runs no more', async () => {
	await requireScopes(api, ['execution:stop']);
	await locks.fire(NAME);
	await until('it works', async () => locks.begins(NAME) === 1, 60_000);
	const id = await until('n8n shows it as running', running, 30_000);
	expect(await api.stopExecution(id)).toBe(true);
	await locks.untilEnded(NAME, 'canceled');
	expect(await api.stopExecution(id)).toBe(true);
	expect(await api.stopExecution('99999999')).toBe(true);
}, 180_000);

test('the node Stop Zombies stops on a real n8n what was taken away, and leaves alone what runs in another n8n', async () => {
	const before = locks.begins(NAME);
	await locks.fire(NAME);
	await until('it works again', async () => locks.begins(NAME) > before, 60_000);
	const db = await locks.stage.connect();
	const id = await until('n8n shows it as running', running, 30_000);
	await takeAway(db, id, instanceId);
	await takeAway(db, '99999999', 'another n8n');
	await db.end();
	const { runs } = locks.stage.orchestrator;
	expect(await runs.zombies({ n8nInstance: instanceId })).toMatchObject([{ n8nExecutionId: id }]);
	await publishStopper();
	await locks.fire(STOPPER);
	await locks.untilEnded(NAME, 'canceled');
	await until('the zombie is known no more', async () => (await runs.zombies()).length === 1, 30_000);
	expect(await runs.zombies()).toMatchObject([{ n8nInstance: 'another n8n', stopAskedAt: null }]);
}, 240_000);
