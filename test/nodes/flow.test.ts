import type { IDataObject } from 'n8n-workflow';
import { type Orchestrator, parseSecret, verify } from '../../core';
import { claimOne, emptyQueue, openType, startWork, TYPE } from '../postgres/scenario';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { Endpoint } from './endpoint';
import { endNodePool, type EngineOptions, INSTANCE_ID, runNode, SECRET } from './engine';

let database: TestDatabase;
let orchestrator: Orchestrator;
let engine: EngineOptions;
let endpoint: Endpoint;

beforeAll(async () => {
	database = await freshDatabase();
	orchestrator = database.orchestrator();
	engine = { url: database.url };
	await openType(database, orchestrator);
	endpoint = await Endpoint.listen();
	await registerTask(endpoint.url);
});
beforeEach(() => emptyQueue(database));
afterEach(() => endpoint.reset());
afterAll(async () => {
	await endpoint.close();
	await endNodePool(database.url);
	await database.drop();
});

const slotParameters = {
	operation: 'takeSlot',
	intervalMinutes: 5,
	leaseSeconds: 60,
	dispatchOnManualRuns: false,
};

async function registerTask(url: string): Promise<void> {
	await orchestrator.endpoints.register({
		deployment: 'main',
		kind: 'task',
		workflowType: TYPE,
		url,
		test: false,
	});
}

async function begunRun(kind = 'wake_up', dispatch = true): Promise<IDataObject> {
	const input = { run: { kind, owner: `test/${Math.random()}`, slot: null, dispatch } };
	const { json, error } = await runNode(
		{ type: 'stateMachineController', parameters: { operation: 'begin' } },
		[input],
		engine,
	);
	if (error) throw new Error(`${error.message} ${error.description ?? ''}`);
	return json[0] ?? {};
}

async function enqueue(...topics: string[]) {
	return await runNode(
		{
			type: 'priorityQueueManager',
			parameters: {
				operation: 'enqueue',
				workflowType: TYPE,
				taskInput: '={{ $json }}',
				priority: 5,
				options: { idempotencyKey: '={{ $json.topic }}' },
			},
		},
		topics.map((topic) => ({ topic })),
		engine,
	);
}

/** Begins, moves to DISPATCHING, looks, plans: what the Master's canvas does before it claims. */
async function plannedRun(): Promise<IDataObject> {
	let item = await begunRun();
	for (const to of ['DISPATCHING']) {
		if ((item.run as IDataObject).state === to) continue;
		const moved = await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'transition', to } },
			[item],
			engine,
		);
		item = moved.json[0] ?? item;
	}
	const looked = await runNode(
		{ type: 'resourceManager', parameters: { operation: 'snapshot' } },
		[item],
		engine,
	);
	const planned = await runNode(
		{ type: 'intelligentScheduler', parameters: { operation: 'plan', options: {} } },
		looked.json,
		engine,
	);
	const json = planned.outputs.flat()[0]?.json;
	if (!json) throw new Error(planned.error?.message ?? 'no plan');
	return json;
}

async function claimedItem(): Promise<IDataObject> {
	const claimed = await runNode(
		{ type: 'priorityQueueManager', parameters: { operation: 'claim', options: {} } },
		[await plannedRun()],
		engine,
	);
	const [item] = claimed.json;
	if (!item) throw new Error(claimed.error?.message ?? 'nothing was claimed');
	return item;
}

describe('Intelligent Scheduler', () => {
	it('lets exactly one of two executions win the heartbeat slot', async () => {
		const first = await runNode(
			{ type: 'intelligentScheduler', parameters: slotParameters },
			[{ tick: 1 }],
			engine,
		);
		const second = await runNode(
			{ type: 'intelligentScheduler', parameters: slotParameters },
			[{ tick: 1 }],
			{
				...engine,
				executionId: '4712',
			},
		);
		expect(first.outputs.map((items) => items.length)).toEqual([1, 0]);
		expect(second.outputs.map((items) => items.length)).toEqual([0, 1]);
		expect(first.json[0]).toMatchObject({ tick: 1, run: { kind: 'heartbeat', dispatch: true } });
		expect(second.outputs[1]?.[0]?.json).toMatchObject({ lost: { won: false } });
	});

	it('never competes for the slot in a manual run, and does not dispatch unless told', async () => {
		const manual = await runNode({ type: 'intelligentScheduler', parameters: slotParameters }, [{}], {
			...engine,
			mode: 'manual',
		});
		expect(manual.json[0]?.run).toMatchObject({ kind: 'manual', slot: null, dispatch: false });
		expect(await database.query('select 1 from orchestrator.heartbeats')).toEqual([]);
	});

	it('plans ready, throttled or idle on the output of that name', async () => {
		const plan = async (json: IDataObject) =>
			await runNode(
				{ type: 'intelligentScheduler', parameters: { operation: 'plan', options: {} } },
				[json],
				engine,
			);
		const look = async (json: IDataObject) =>
			(await runNode({ type: 'resourceManager', parameters: { operation: 'snapshot' } }, [json], engine))
				.json[0] ?? {};
		const run = await begunRun();
		expect((await plan(await look(run))).outputs.map((items) => items.length)).toEqual([0, 0, 1]);
		await enqueue('tea');
		expect((await plan(await look(run))).outputs.map((items) => items.length)).toEqual([1, 0, 0]);
		await database.query(`update orchestrator.workflow_types set paused_at = now(), paused_by = 'test'`);
		expect((await plan(await look(run))).outputs.map((items) => items.length)).toEqual([0, 1, 0]);
		await database.query('update orchestrator.workflow_types set paused_at = null, paused_by = null');
	});

	it('says on Idle that a manual run was planned, not dispatched', async () => {
		await enqueue('tea');
		const run = await begunRun('manual', false);
		const looked = await runNode(
			{ type: 'resourceManager', parameters: { operation: 'snapshot' } },
			[run],
			engine,
		);
		const planned = await runNode(
			{ type: 'intelligentScheduler', parameters: { operation: 'plan', options: {} } },
			looked.json,
			engine,
		);
		expect(planned.outputs[2]?.[0]?.json).toMatchObject({
			plan: { verdict: 'ready' },
			message: expect.stringContaining('Dispatch on manual runs'),
		});
	});

	it('names the node that must come before', async () => {
		const { error } = await runNode(
			{ type: 'intelligentScheduler', parameters: { operation: 'plan' } },
			[{}],
			engine,
		);
		expect(error?.description).toContain('State Machine Controller (Begin)');
	});
});

describe('Priority Queue Manager', () => {
	it('enqueues each item once per idempotency key and keeps the pairing', async () => {
		const first = await enqueue('tea', 'coffee', 'tea');
		expect(first.outputs[0]?.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(first.json.map((json) => (json.enqueued as IDataObject).created)).toEqual([true, true, false]);
		expect(await database.query('select state from orchestrator.tasks')).toHaveLength(2);
	});

	it('fails at the item that is wrong, and names the item', async () => {
		const { error } = await runNode(
			{
				type: 'priorityQueueManager',
				parameters: {
					operation: 'enqueue',
					workflowType: '={{ $json.type }}',
					taskInput: '={{ $json }}',
					priority: 5,
				},
			},
			[{ type: TYPE }, { type: 'no_such_type' }],
			engine,
		);
		expect(error).toMatchObject({ itemIndex: 1, message: expect.stringContaining('no_such_type') });
		expect(error?.description).not.toBe('');
	});

	it('passes the failed item on with its error when the node continues on fail', async () => {
		const run = await runNode(
			{
				type: 'priorityQueueManager',
				onError: 'continueRegularOutput',
				parameters: {
					operation: 'enqueue',
					workflowType: '={{ $json.type }}',
					taskInput: '={{ $json }}',
					priority: 5,
				},
			},
			[{ type: 'no_such_type' }, { type: TYPE }],
			engine,
		);
		expect(run.error).toBeNull();
		expect(run.json[0]).toMatchObject({ error: expect.stringContaining('no_such_type') });
		expect(run.json[1]).toMatchObject({ enqueued: { created: true } });
		expect(run.outputs[0]?.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});

	it('claims once per run, one item per execution', async () => {
		await enqueue('tea', 'coffee', 'cocoa');
		const planned = await plannedRun();
		const claimed = await runNode(
			{ type: 'priorityQueueManager', parameters: { operation: 'claim', options: {} } },
			[planned, planned],
			engine,
		);
		// Three tasks, three free slots: one each.
		expect(claimed.outputs[0]).toHaveLength(3);
		expect(claimed.json[0]).toMatchObject({
			execution: { workflowType: TYPE, epoch: 1 },
			plan: { verdict: 'ready' },
		});
		const again = await runNode(
			{ type: 'priorityQueueManager', parameters: { operation: 'claim', options: {} } },
			[planned],
			engine,
		);
		expect(again.outputs[1]?.[0]?.json).toMatchObject({
			claimed: 0,
			run: { queue: { nothingClaimed: [expect.objectContaining({ reason: 'no_eligible_task' })] } },
		});
	});
});

describe('the mode of a deep queue', () => {
	it('is planned, shown with its warning, and kept by the run that was dispatched, for the next one', async () => {
		await orchestrator.queue.enqueue(
			Array.from({ length: 1001 }, () => ({ workflowType: TYPE, input: { topic: 'tea' } })),
		);
		const planned = await plannedRun();
		expect(planned).toMatchObject({
			warnings: [expect.stringContaining('1001 tasks are queued')],
			plan: { mode: 'batch', warnings: [{ code: 'queue_depth' }] },
		});
		const steps = [
			{ type: 'priorityQueueManager', parameters: { operation: 'claim', options: {} } },
			{ type: 'dispatcher', parameters: { operation: 'dispatch', deployment: 'main', options: {} } },
			{
				type: 'stateMachineController',
				parameters: { operation: 'transition', to: 'MONITORING' },
			},
			{ type: 'stateMachineController', parameters: { operation: 'complete' } },
		];
		let items = [planned];
		for (const step of steps) items = (await runNode(step, items, engine)).json;
		expect(items).toHaveLength(3);
		expect((await orchestrator.resources.snapshot()).queue.mode).toBe('batch');
	});
});

describe('State Machine Controller', () => {
	it('begins, recovers, moves and completes a run once for all its items', async () => {
		const begun = await begunRun();
		const recovered = await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'recover', options: {} } },
			[begun],
			engine,
		);
		expect(recovered.json[0]).toMatchObject({ recovered: { expiredExecutions: 0 } });
		const completed = await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'complete' } },
			[begun, begun, begun],
			engine,
		);
		expect(completed.error).toBeNull();
		expect(completed.json).toHaveLength(3);
		expect(completed.outputs[0]?.map((item) => item.pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(completed.json[2]).toMatchObject({ run: { state: 'COMPLETED' }, completed: true });
		const rows = await database.query(
			`select count(*)::int as n from orchestrator.state_transitions where to_state = 'COMPLETED'`,
		);
		expect(rows).toEqual([{ n: 1 }]);
	});

	it('records the error of an n8n execution against its run', async () => {
		await begunRun();
		const error = {
			execution: { id: '4711', error: { message: 'boom' }, lastNodeExecuted: 'Claim' },
			workflow: { id: '1' },
		};
		const recorded = await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'recordError' } },
			[error],
			engine,
		);
		expect(recorded.json[0]).toMatchObject({ recorded: { run: true, abandonedTasks: 0 } });
	});

	it('records nothing against the run and the tasks of the same n8n execution in another n8n', async () => {
		const n8n = { n8nExecutionId: '4711', n8nInstance: 'another n8n' };
		const strangers = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a', ...n8n });
		const execution = await claimOne(orchestrator);
		await startWork(orchestrator, execution, n8n.n8nExecutionId, n8n.n8nInstance);
		const mine = await begunRun();
		const recorded = await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'recordError' } },
			[{ execution: { id: '4711', error: { message: 'boom' } } }],
			engine,
		);
		expect(recorded.json[0]).toMatchObject({ recorded: { run: true, abandonedTasks: 0 } });
		const rows = await database.query(
			'select id, status, n8n_instance from orchestrator.workflow_orchestration order by created_at',
		);
		expect(rows).toEqual([
			{ id: strangers.runId, status: 'ANALYZING', n8n_instance: 'another n8n' },
			{ id: execution.executionId, status: 'started', n8n_instance: 'another n8n' },
			{ id: (mine.run as IDataObject).id, status: 'ERROR_RECOVERY', n8n_instance: INSTANCE_ID },
		]);
	});

	it('keeps stack, node, its parameters and the state of the system of a failed run, and no secret', async () => {
		await begunRun();
		const secret = 'Canary7f3b2c9e41d8';
		const node = { name: 'Claim', type: 'x', parameters: { url: 'http://a', apiKey: secret, batch: 3 } };
		const error = {
			execution: {
				id: '4711',
				error: {
					message: `401: Bearer ${secret}`,
					stack: `Error: no\n    at f (a.js:1) password=${secret}`,
					node,
				},
				lastNodeExecuted: 'Claim',
			},
		};
		await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'recordError' } },
			[error],
			engine,
		);
		const [row] = await database.query(
			`select * from orchestrator.failures where entity = 'run' order by id desc limit 1`,
		);
		expect(row).toMatchObject({
			code: 'MO_WORKFLOW_FAILED',
			message: '401: Bearer ***',
			error: {
				stack: 'Error: no\n    at f (a.js:1) password=***',
				node: 'Claim',
				parameters: { url: 'http://a', apiKey: '***', batch: 3 },
			},
			input: { status: 'ANALYZING', parameters: { batch: 3 }, n8nExecutionId: '4711' },
			system_state: { slots: { total: 3 } },
			recovery_action: 'end_run',
			decided_by: 'fail',
		});
		expect(
			JSON.stringify(await database.query('select * from orchestrator.workflow_orchestration')),
		).not.toContain(secret);
	});

	it('checks the schema', async () => {
		const checked = await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'setup', mode: 'check' } },
			[{}],
			engine,
		);
		expect(checked.json[0]).toMatchObject({ schema: { state: 'current', applied: [] } });
	});

	it('applies the schema to an empty database; before that every node names both ways to do so', async () => {
		const empty = await freshDatabase({ migrated: false });
		const snapshot = { type: 'resourceManager', parameters: { operation: 'snapshot' } };
		const { error } = await runNode(snapshot, [{}], { url: empty.url });
		expect(error?.description).toContain('master-orchestrator migrate');
		expect(error?.description).toContain('Set Up Database');
		const applied = await runNode(
			{ type: 'stateMachineController', parameters: { operation: 'setup', mode: 'apply' } },
			[{}],
			{ url: empty.ownerUrl },
		);
		expect(applied.error).toBeNull();
		expect(applied.json[0]).toMatchObject({ schema: { state: 'current' } });
		expect((await runNode(snapshot, [{}], { url: empty.url })).error).toBeNull();
		await endNodePool(empty.url);
		await endNodePool(empty.ownerUrl);
		await empty.drop();
	});
});

describe('Dispatcher', () => {
	const dispatcher = {
		type: 'dispatcher',
		parameters: { operation: 'dispatch', deployment: 'main', options: {} },
	};

	it('signs the envelope and reports the acknowledgement', async () => {
		await enqueue('tea');
		const item = await claimedItem();
		endpoint.answer(202, { status: 'accepted' });
		const sent = await runNode(dispatcher, [item], engine);
		expect(sent.error).toBeNull();
		expect(sent.json[0]).toMatchObject({
			run: item.run,
			execution: { workflowType: TYPE, epoch: 1, taskIds: [expect.any(String)] },
			delivery: { outcome: 'accepted', status: 202, attempts: 1 },
		});
		const [seen] = endpoint.requests;
		const secrets = [parseSecret(SECRET)];
		expect(
			verify({ headers: seen?.headers ?? {}, rawBody: seen?.body ?? '', secrets, now: new Date() }),
		).toMatchObject({
			verified: true,
		});
	});

	it.each([[500], [404], [302]])('gives the execution back when the endpoint answers %i', async (status) => {
		await enqueue('tea');
		const item = await claimedItem();
		endpoint.answer(status, {});
		const sent = await runNode(dispatcher, [item], engine);
		expect(sent.json[0]).toMatchObject({ delivery: { outcome: 'refused', status } });
		expect(await database.query('select state from orchestrator.tasks')).toEqual([{ state: 'scheduled' }]);
	});

	it('gives the execution back when nobody listens on the port', async () => {
		await enqueue('tea');
		const gone = await Endpoint.listen();
		await registerTask(gone.url);
		await gone.close();
		const sent = await runNode(dispatcher, [await claimedItem()], engine);
		await registerTask(endpoint.url);
		expect(sent.json[0]).toMatchObject({ delivery: { outcome: 'refused', status: null } });
		expect(await database.query('select state from orchestrator.tasks')).toEqual([{ state: 'scheduled' }]);
	});

	it.each([
		['the connection is reset', (silent: Endpoint) => silent.breakConnection()],
		['the request times out', (silent: Endpoint) => silent.neverAnswer()],
	])('keeps the slot and repeats the same webhook-id when %s', async (_case, misbehave) => {
		await enqueue('tea');
		const item = await claimedItem();
		misbehave(endpoint);
		endpoint.answer(202, { status: 'duplicate' });
		const parameters = { ...dispatcher.parameters, options: { requestTimeoutSeconds: 0.5 } };
		const sent = await runNode({ type: 'dispatcher', parameters }, [item], engine);
		expect(sent.json[0]).toMatchObject({ delivery: { outcome: 'duplicate', attempts: 2 } });
		const ids = endpoint.requests.map(({ headers }) => headers['webhook-id']);
		expect(ids).toHaveLength(2);
		expect(new Set(ids).size).toBe(1);
		expect(await database.query('select state from orchestrator.tasks')).toEqual([{ state: 'claimed' }]);
	});

	it('fails closed and names no secret when the signing secret is too short', async () => {
		await enqueue('tea');
		const { error } = await runNode(dispatcher, [await claimedItem()], { ...engine, secret: 'short-secret' });
		expect(error?.message).toContain('signing secret');
		expect(JSON.stringify(error)).not.toContain('short-secret');
		expect(endpoint.requests).toEqual([]);
	});

	it('posts a signed sample to the listening test address, or says that nobody listens', async () => {
		const parameters = {
			operation: 'sendTest',
			deployment: 'main',
			target: 'task',
			workflowType: TYPE,
			sampleInput: '{"topic":"tea"}',
		};
		const nobody = await runNode({ type: 'dispatcher', parameters }, [{}], engine);
		expect(nobody.error?.description).toContain('Execute workflow');
		const place = {
			deployment: 'main',
			kind: 'task' as const,
			workflowType: TYPE,
			url: endpoint.url,
			test: true,
		};
		await orchestrator.endpoints.register(place);
		endpoint.answer(202, { status: 'accepted' });
		const sent = await runNode({ type: 'dispatcher', parameters }, [{}], engine);
		await orchestrator.endpoints.unregister(place);
		expect(sent.json[0]).toMatchObject({ sample: { delivered: true, status: 202 } });
		expect(JSON.parse(endpoint.requests[0]?.body ?? '')).toMatchObject({ test: true, workflow_type: TYPE });
	});
});
