import type { IDataObject, IHookFunctions, ITriggerFunctions, WorkflowActivateMode } from 'n8n-workflow';
import type { Orchestrator } from '../../core';
import { OrchestratorTrigger } from '../../nodes/OrchestratorTrigger/OrchestratorTrigger.node';
import { TaskTrigger } from '../../nodes/TaskTrigger/TaskTrigger.node';
import { openQueue, task, TYPE } from '../postgres/scenario';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { endNodePool, postgresFields } from './engine';

let database: TestDatabase;
let orchestrator: Orchestrator;
const { create, delete: remove } = new TaskTrigger().webhookMethods.default;
const logger = {
	info: () => undefined,
	warn: () => undefined,
	error: () => undefined,
	debug: () => undefined,
};
const URLS = {
	production: 'http://127.0.0.1:5678/webhook/mo-main/x',
	test: 'http://127.0.0.1:5678/webhook-test/mo-main/x',
};

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

function deferred() {
	let resolve: () => void = () => undefined;
	const promise = new Promise<void>((settle) => (resolve = settle));
	return { promise, resolve };
}

/** A node of one workflow: what n8n keeps for it between calls is its static data. */
function hookOf(
	staticData: IDataObject,
	mode: WorkflowActivateMode,
	over: IDataObject = {},
	url = database.url,
) {
	const parameters: IDataObject = { deployment: 'main', workflowType: TYPE, options: {}, ...over };
	return {
		getActivationMode: () => mode,
		getNodeWebhookUrl: () => (mode === 'manual' ? URLS.test : URLS.production),
		getNodeParameter: (name: string) => parameters[name],
		getWorkflowStaticData: () => staticData,
		getCredentials: async () => postgresFields(url),
		getNode: () => ({ name: 'Task Trigger' }),
		logger,
	} as unknown as IHookFunctions;
}

const find = async (test = false) =>
	await orchestrator.endpoints.find({ deployment: 'main', kind: 'task', workflowType: TYPE, test });

describe('the address of a Task Trigger', () => {
	it('is announced on publishing and taken back on unpublishing', async () => {
		const staticData = {};
		await create.call(hookOf(staticData, 'activate', { options: { internalBaseUrl: 'http://n8n:5678' } }));
		expect(await find()).toBe('http://n8n:5678/webhook/mo-main/x');
		await remove.call(hookOf(staticData, 'update'));
		expect(await find()).toBeNull();
	});

	it('stays when n8n cleans up after a second copy whose path was taken', async () => {
		await create.call(hookOf({}, 'activate'));
		await remove.call(hookOf({}, 'update'));
		expect(await find()).toBe(URLS.production);
	});

	it('stays while somebody listens for a test event', async () => {
		await create.call(hookOf({}, 'activate'));
		const staticData = {};
		await create.call(hookOf(staticData, 'manual'));
		expect([await find(), await find(true)]).toEqual([URLS.production, URLS.test]);
		await remove.call(hookOf(staticData, 'update'));
		expect([await find(), await find(true)]).toEqual([URLS.production, null]);
	});

	it('cannot be announced to an unmigrated database, and the one message says both ways out', async () => {
		const empty = await freshDatabase({ migrated: false });
		const attempt = create.call(hookOf({}, 'activate', {}, empty.url));
		await expect(attempt).rejects.toThrow(/master-orchestrator migrate.*Set Up Database/s);
		await endNodePool(empty.url);
		await empty.drop();
	});

	it('cannot be announced for an unknown type', async () => {
		await expect(create.call(hookOf({}, 'activate', { workflowType: 'nonsense' }))).rejects.toThrow(
			'nonsense',
		);
	});
});

describe('Orchestrator Trigger', () => {
	const hostOf = (mode: string, emitted: IDataObject[]) => {
		const parameters: IDataObject = { pollSeconds: 15, options: {} };
		return {
			getMode: () => mode,
			getInstanceId: () => 'instance',
			getNodeParameter: (name: string) => parameters[name],
			getCredentials: async () => postgresFields(database.url),
			getNode: () => ({ name: 'Orchestrator Trigger' }),
			helpers: { createDeferredPromise: deferred },
			emit: (data: Array<Array<{ json: IDataObject }>>, _response: unknown, done?: { resolve(): void }) => {
				emitted.push(...data.flat().map((item) => item.json));
				done?.resolve();
			},
			logger,
		} as unknown as ITriggerFunctions;
	};
	const until = async (condition: () => boolean) => {
		const giveUpAt = Date.now() + 4000;
		while (!condition()) {
			if (Date.now() > giveUpAt) throw new Error('waited 4 s in vain');
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	};

	it('emits at start, then as soon as something is enqueued, and leaves no connection behind', async () => {
		const emitted: IDataObject[] = [];
		const { closeFunction } = await new OrchestratorTrigger().trigger.call(hostOf('trigger', emitted));
		await until(() => emitted.length === 1);
		await orchestrator.queue.enqueue([task()]);
		await until(() => emitted.length === 2);
		await closeFunction?.();
		expect(emitted).toMatchObject([
			{ run: { kind: 'wake_up', slot: null, dispatch: true }, wakeUp: { reasons: ['start'] } },
			{ wakeUp: { reasons: ['notify'] } },
		]);
	});

	it('emits one item in the editor and listens to nothing', async () => {
		const emitted: IDataObject[] = [];
		const { manualTriggerFunction, closeFunction } = await new OrchestratorTrigger().trigger.call(
			hostOf('manual', emitted),
		);
		await manualTriggerFunction?.();
		expect(emitted).toMatchObject([{ run: { kind: 'manual', dispatch: false } }]);
		expect(closeFunction).toBeUndefined();
	});
});
