import {
	buildCallbackEnvelope,
	buildDispatchEnvelope,
	type ClaimedExecution,
	dispatchWebhookId,
	type Orchestrator,
} from '../../core';
import { CallbackReceiver } from '../../nodes/CallbackReceiver/CallbackReceiver.node';
import { TaskTrigger } from '../../nodes/TaskTrigger/TaskTrigger.node';
import { claimOne, emptyQueue, openQueue, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { endNodePool, readNode, runWorkflow, SECRET, workflowOf } from './engine';
import { type Door, post, type Posted } from './webhook-context';

let database: TestDatabase;
let orchestrator: Orchestrator;
let claimed: ClaimedExecution;
const trigger = new TaskTrigger();
const receiver = new CallbackReceiver();

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
beforeEach(async () => {
	await emptyQueue(database);
	claimed = await claimOne(orchestrator);
});
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

const taskDoor = (over: Partial<Door> = {}): Door => ({
	url: database.url,
	parameters: { deployment: 'main', workflowType: TYPE },
	...over,
});
const callbackDoor = (emit = 'never', over: Partial<Door> = {}): Door => ({
	url: database.url,
	parameters: { deployment: 'main', emit },
	...over,
});
const dispatched = () => buildDispatchEnvelope(claimed, 'main');
const reported = (over: { test?: boolean; failed?: boolean; epoch?: number } = {}) =>
	buildCallbackEnvelope({
		executionId: claimed.executionId,
		epoch: over.epoch ?? claimed.epoch,
		workflowType: TYPE,
		n8nExecutionId: '1',
		test: over.test ?? false,
		items: claimed.items.map(({ task_id }) =>
			over.failed
				? { task_id, outcome: 'failed' as const, error: { message: 'no' }, usage: [] }
				: { task_id, outcome: 'succeeded' as const, result: {}, usage: [] },
		),
	});

/** Everything that a request could change. */
async function rows(): Promise<unknown> {
	return await database.query(`select
		(select json_agg(t order by t.id) from orchestrator.tasks t) as tasks,
		(select json_agg(e order by e.execution_id) from (select *, workflow_orchestration::text as execution_id from orchestrator.workflow_orchestration) e) as executions,
		(select count(*)::int from orchestrator.state_transitions) as transitions,
		(select count(*)::int from orchestrator.callback_receipts) as receipts`);
}

const badRequests: Array<[string, Partial<Posted>]> = [
	['wrong', { secret: 'another secret of more than 24 characters' }],
	['missing', { headers: { 'webhook-signature': undefined } }],
	['without an id', { headers: { 'webhook-id': undefined } }],
	['of another body', { tampered: '{"type":"orchestrator.dispatch"}' }],
	['six minutes old', { at: new Date(Date.now() - 360_000) }],
	['from the future', { at: new Date(Date.now() + 360_000) }],
];

describe.each([
	['Task Trigger', trigger, taskDoor, dispatched],
	['Callback Receiver', receiver, () => callbackDoor('always'), reported],
] as const)('%s', (_name, node, door, envelope) => {
	it.each(badRequests)('answers 401 to a signature that is %s, and changes no row', async (_case, bad) => {
		const before = await rows();
		const answered = await post(node, door(), { body: envelope(), ...bad });
		expect(answered).toMatchObject({ status: 401, items: undefined });
		expect(JSON.stringify(answered.body)).toBe(
			'{"error":{"code":"MO_UNAUTHORIZED","message":"The request carries no valid signature.","action":"Sign it with the shared secret, now."}}',
		);
		expect(await rows()).toEqual(before);
	});

	it('fails closed when its own secret is missing, tells the log why, and never the secret', async () => {
		const answered = await post(node, { ...door(), ownSecret: '' }, { body: envelope() });
		expect(answered).toMatchObject({ status: 401, items: undefined });
		expect(answered.logged.join()).toContain('signing secret');
		expect(answered.logged.join()).not.toContain(SECRET);
	});

	it('answers 400 to a signed body that is no envelope, without a stack', async () => {
		for (const body of ['not json', '{}', '{"contract_version":99}']) {
			const answered = await post(node, door(), { body });
			expect(answered).toMatchObject({ status: 400, body: { error: { code: 'MO_INVALID_ENVELOPE' } } });
			expect(JSON.stringify(answered.body)).not.toContain(' at ');
		}
	});

	it('takes a sample only at the test address, and there nothing but samples; neither changes a row', async () => {
		const before = await rows();
		const sample = { ...envelope(), test: true };
		expect(await post(node, door(), { body: sample })).toMatchObject({
			status: 409,
			items: undefined,
			body: { error: { code: 'MO_WRONG_ADDRESS' } },
		});
		const manual = { ...door(), mode: 'manual' as const };
		expect(await post(node, manual, { body: envelope() })).toMatchObject({ status: 409, items: undefined });
		const taken = await post(node, manual, { body: sample });
		expect(taken.status).toBeLessThan(300);
		expect(JSON.stringify(taken.items)).toContain('"test":true');
		expect(await rows()).toEqual(before);
	});

	it('answers 503 when the database does not answer, so that the sender tries again', async () => {
		const answered = await post(
			node,
			{ ...door(), url: 'postgresql://u:p@127.0.0.1:1/x' },
			{ body: envelope() },
		);
		expect(answered).toMatchObject({ status: 503, items: undefined });
	});
});

describe('Task Trigger', () => {
	it('accepts once; a replay gets the same 202 as a duplicate and starts nothing', async () => {
		const id = dispatchWebhookId(claimed.executionId, claimed.epoch);
		expect(await post(trigger, taskDoor(), { body: dispatched(), id })).toMatchObject({
			status: 202,
			body: { status: 'accepted' },
			items: [{ dispatch: { execution_id: claimed.executionId } }],
		});
		expect(await post(trigger, taskDoor(), { body: dispatched(), id })).toMatchObject({
			status: 202,
			body: { status: 'duplicate' },
			items: undefined,
		});
	});

	it('answers 409 to an epoch that is over', async () => {
		const stale = { ...dispatched(), epoch: 99 };
		const answered = await post(trigger, taskDoor(), { body: stale });
		expect(answered).toMatchObject({
			status: 409,
			body: { status: 'stale', reason: 'epoch' },
			items: undefined,
		});
	});

	it('refuses tasks of a type that it does not serve', async () => {
		const door = taskDoor({ parameters: { deployment: 'main', workflowType: 'other' } });
		expect(await post(trigger, door, { body: dispatched() })).toMatchObject({
			status: 422,
			items: undefined,
		});
	});

	const pipeline = (...then: string[]) =>
		workflowOf([
			{
				name: 'Task Trigger',
				type: 'taskTrigger',
				parameters: taskDoor().parameters as Record<string, string>,
			},
			...then.map((type) => ({ name: type, type })),
		]);
	const input = () => [{ json: { dispatch: JSON.parse(JSON.stringify(dispatched())) } }];
	const accept = async () => {
		await post(trigger, taskDoor(), {
			body: dispatched(),
			id: dispatchWebhookId(claimed.executionId, claimed.epoch),
		});
	};

	it('starts once and emits one item per task; what is not reported fails when the n8n execution ends', async () => {
		await accept();
		const run = await runWorkflow(pipeline('source'), input(), { url: database.url, executionId: '900' });
		expect(readNode(run, 'Task Trigger').json).toMatchObject([
			{
				task: { id: claimed.items[0]?.task_id, attempt: 1, workflowType: TYPE },
				execution: { id: claimed.executionId, epoch: claimed.epoch },
				input: { topic: 'tea' },
				test: false,
			},
		]);
		expect(await database.query('select state, error from orchestrator.tasks')).toMatchObject([
			{ state: 'scheduled', error: { code: 'MO_NOT_REPORTED' } },
		]);
	});

	it('gives the task the error that ended the n8n execution', async () => {
		await accept();
		await runWorkflow(pipeline('broken'), input(), { url: database.url });
		expect(await database.query('select state, error from orchestrator.tasks')).toMatchObject([
			{ state: 'scheduled', error: { message: 'the model does not answer', node: 'broken' } },
		]);
	});

	it('emits nothing when the execution was taken away after the 202', async () => {
		await accept();
		await orchestrator.executions.abandon(claimed, { message: 'expired' });
		const run = await runWorkflow(pipeline('source'), input(), { url: database.url });
		expect(readNode(run, 'Task Trigger').outputs.flat()).toEqual([]);
		expect(run.data.resultData.runData.source).toBeUndefined();
	});

	it('starts the same execution no second time', async () => {
		await accept();
		await orchestrator.executions.start(claimed, '901');
		const run = await runWorkflow(pipeline('source'), input(), { url: database.url, executionId: '902' });
		expect(readNode(run, 'Task Trigger').outputs.flat()).toEqual([]);
		expect(await database.query('select state from orchestrator.tasks')).toEqual([{ state: 'running' }]);
	});

	it('works on a sample without touching the database', async () => {
		const before = await rows();
		const sample = [{ json: { dispatch: JSON.parse(JSON.stringify({ ...dispatched(), test: true })) } }];
		const run = await runWorkflow(pipeline('source'), sample, {
			url: 'postgresql://u:p@127.0.0.1:1/x',
			mode: 'manual',
		});
		expect(readNode(run, 'Task Trigger').json).toMatchObject([{ test: true }]);
		expect(await rows()).toEqual(before);
	});
});

describe('Callback Receiver', () => {
	const settle = async (emit = 'never', over = {}) =>
		await post(receiver, callbackDoor(emit), { body: reported(over), id: `cb_${JSON.stringify(over)}` });

	it('settles, then answers; a replay changes nothing and is told so', async () => {
		expect(await settle()).toMatchObject({ status: 200, body: { status: 'applied' }, items: undefined });
		const after = await rows();
		expect(await settle('always')).toMatchObject({
			status: 200,
			body: { status: 'duplicate' },
			items: undefined,
		});
		expect(await rows()).toEqual(after);
		expect(await database.query('select state from orchestrator.tasks')).toEqual([{ state: 'succeeded' }]);
	});

	it('answers 200 stale, and why, to a report of an epoch that is over, and changes no task', async () => {
		expect(await settle('always', { epoch: 99 })).toMatchObject({
			body: { status: 'stale', reason: 'epoch' },
			items: undefined,
		});
		expect(await database.query('select state from orchestrator.tasks')).toEqual([{ state: 'claimed' }]);
	});

	it('starts an execution only for what it was told to emit', async () => {
		expect((await settle('failures')).items).toBeUndefined();
		await emptyQueue(database);
		claimed = await claimOne(orchestrator);
		expect((await settle('failures', { failed: true })).items).toMatchObject([{ outcome: 'applied' }]);
		await emptyQueue(database);
		claimed = await claimOne(orchestrator);
		expect((await settle('always')).items).toHaveLength(1);
	});
});
