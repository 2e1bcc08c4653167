import { z } from 'zod/v4';
import { requireScopes } from '../../generator/live/instance';
import { N8nApi } from '../../generator/n8n-api/n8n-api';
import { API_SCOPES, createApiKey } from '../../host/n8n-session';
import { type LockStage, startLockStage } from '../support/lock-stage';
import { until } from '../support/verdict';

const NAME = 'Zombie';
let locks: LockStage;
let api: N8nApi;

beforeAll(async () => {
	locks = await startLockStage('zombie');
	const { n8nUrl, host } = locks.stage;
	if (host.login === null) throw new Error('the stage has no login');
	const key = await createApiKey(n8nUrl, host.login, [...API_SCOPES, 'execution:stop']);
	api = new N8nApi(n8nUrl, key);
	await locks.publish({ name: NAME, workMs: 120_000 });
}, 300_000);
afterAll(async () => {
	await locks?.close();
}, 60_000);

const running = async (): Promise<string | undefined> => {
	const page = z.object({ data: z.array(z.looseObject({ id: z.coerce.string() })) });
	return (await api.call({ method: 'GET', path: '/executions?status=running' }, page)).data[0]?.id;
};

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
