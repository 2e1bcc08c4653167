import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Orchestrator } from '../../core';
import { StateMachineController } from '../../nodes/StateMachineController/StateMachineController.node';
import { emptyQueue, openQueue, task, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { endNodePool, type EngineOptions, runNode } from './engine';

let database: TestDatabase;
let orchestrator: Orchestrator;
let engine: EngineOptions;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	engine = { url: database.url };
});
beforeEach(async () => emptyQueue(database));
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

/** Runs nodes one after the other; answers the items that the last one gives, on whichever output. */
async function through(
	item: IDataObject,
	...steps: Array<[string, INodeParameters]>
): Promise<IDataObject[]> {
	let items = [item];
	for (const [type, parameters] of steps) {
		const { outputs, error } = await runNode({ type, parameters }, items, engine);
		if (error) throw error;
		items = outputs.flat().map(({ json }) => json);
	}
	return items;
}

const act = async (parameters: INodeParameters, item: IDataObject) =>
	runNode({ type: 'stateMachineController', parameters }, [item], engine);
const moveTo = async (to: string, item: IDataObject, reason = '') =>
	act({ operation: 'transition', to, reason }, item);

async function begunRun(): Promise<IDataObject> {
	const run = { kind: 'wake_up', owner: 'test', slot: null, dispatch: true };
	const [begun] = (await act({ operation: 'begin' }, { run })).json;
	return begun ?? {};
}

it('a run that started nothing keeps why: the decision about each type, and what held the claim', async () => {
	await orchestrator.queue.enqueue([task()]);
	const [planned] = await through(
		await begunRun(),
		['resourceManager', { operation: 'snapshot' }],
		['intelligentScheduler', { operation: 'plan', options: {} }],
	);
	await orchestrator.queue.pause(
		{ workflowType: TYPE },
		{ actor: 'ann', reason: 'down; Bearer Canary7f3b2c9e41d8' },
	);
	const items = await through(
		planned ?? {},
		['priorityQueueManager', { operation: 'claim', options: {} }],
		['stateMachineController', { operation: 'complete' }],
	);
	await orchestrator.queue.resume({ workflowType: TYPE }, { actor: 'ann' });
	const queue = {
		mode: 'normal',
		warnings: [],
		verdict: 'ready',
		decisions: expect.arrayContaining([expect.objectContaining({ workflowType: TYPE, due: true })]),
		nothingClaimed: [
			{ workflowType: TYPE, reason: 'paused', because: expect.stringContaining('down; Bearer ***') },
		],
	};
	expect(items).toMatchObject([{ run: { state: 'COMPLETED', queue } }]);
	const [run] = (await orchestrator.history.runs()).entries;
	expect(run?.context).toMatchObject({ queue });
	const [logged] = await database.query(
		`select context from orchestrator.state_transitions where to_state = 'COMPLETED'`,
	);
	expect(logged?.context).toMatchObject({ queue });
});

it('says on Complete what the run really is: it had failed, it had ended, nobody knows it', async () => {
	const failed = await begunRun();
	await orchestrator.runs.fail(String((failed.run as IDataObject).id), { message: 'boom' });
	expect((await act({ operation: 'complete' }, failed)).json).toMatchObject([
		{ run: { state: 'ERROR_RECOVERY', reason: 'boom' }, completed: false },
	]);
	const done = await begunRun();
	await act({ operation: 'complete' }, done);
	const [again] = (await act({ operation: 'complete' }, done)).json;
	expect(again).toMatchObject({ run: { state: 'COMPLETED' }, completed: false });
	expect(again?.run).not.toHaveProperty('reason');
	const unknown = { run: { ...(done.run as IDataObject), id: '00000000-0000-4000-8000-000000000000' } };
	expect((await act({ operation: 'complete' }, unknown)).error?.message).toContain(
		'There is no run 00000000-0000-4000-8000-000000000000.',
	);
});

it('says on Complete and Transition that the slot was lost', async () => {
	const { json } = await runNode(
		{
			type: 'intelligentScheduler',
			parameters: {
				operation: 'takeSlot',
				intervalMinutes: 5,
				leaseSeconds: 60,
				dispatchOnManualRuns: false,
			},
		},
		[{}],
		engine,
	);
	const [begun] = (await act({ operation: 'begin' }, json[0] ?? {})).json;
	await database.query(`update orchestrator.heartbeats set epoch = epoch + 1, run_id = null`);
	expect((await act({ operation: 'complete' }, begun ?? {})).json).toMatchObject([
		{
			run: {
				state: 'ERROR_RECOVERY',
				reason: 'Another heartbeat took the slot over before this run ended.',
			},
			completed: false,
		},
	]);
});

it('moves a run where it can go, with the reason in the log', async () => {
	const begun = await begunRun();
	expect((await moveTo('DISPATCHING', begun, 'by hand')).json).toMatchObject([
		{ run: { state: 'DISPATCHING' } },
	]);
	const [row] = await database.query(
		`select context from orchestrator.state_transitions where to_state = 'DISPATCHING'`,
	);
	expect(row?.context).toEqual({ reason: 'by hand' });
});

it('ends a run in Error Recovery with the reason as its error, and not without one', async () => {
	const begun = await begunRun();
	const refused = await moveTo('ERROR_RECOVERY', begun);
	expect(refused.error?.message).toContain('Error Recovery needs a sentence');
	const moved = await moveTo('ERROR_RECOVERY', begun, 'The price list could not be read.');
	expect(moved.json).toMatchObject([{ run: { state: 'ERROR_RECOVERY' } }]);
	expect(await database.query(`select code, message, recovery_action from orchestrator.failures`)).toEqual([
		{ code: 'ENDED_BY_WORKFLOW', message: 'The price list could not be read.', recovery_action: 'end_run' },
	]);
});

it.each(['IDLE', 'ANALYZING', 'COMPLETED'])(
	'offers no move to %s, which could do nothing or too little',
	async (to) => {
		expect((await moveTo(to, await begunRun())).error).not.toBeNull();
		const { properties } = new StateMachineController().description;
		const { options } = properties.find(({ name }) => name === 'to') ?? {};
		const offered = options?.map((each) => ('value' in each ? each.value : each.name));
		expect(offered).toEqual(['DISPATCHING', 'ERROR_RECOVERY', 'MONITORING']);
	},
);
