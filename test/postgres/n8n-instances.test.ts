import { type Orchestrator, stopZombies, zombiesElsewhere } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { claimOne, emptyQueue, executionRow, expireLease, oneRow, openQueue, startWork } from './scenario';

/** Two n8n with databases of their own share this one; each counts its executions from 1. */
const [ONE, OTHER] = ['the first n8n', 'the second n8n'];
const ERROR = { message: 'it broke' };
let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
beforeEach(async () => emptyQueue(database));
afterAll(async () => database.drop());

/** An execution of ours that works as execution 77 of an n8n. */
async function worksIn(n8nInstance?: string) {
	const execution = await claimOne(orchestrator);
	await startWork(orchestrator, execution, '77', n8nInstance);
	return execution;
}

async function zombieIn(n8nInstance?: string) {
	const execution = await worksIn(n8nInstance);
	await expireLease(database, execution.executionId);
	await orchestrator.runs.recover();
	return execution;
}

const statusOf = async (executionId: string) => (await executionRow(database, executionId)).status;

test('the error workflow of one n8n fails its own execution and leaves the healthy one of the same id in another', async () => {
	const [mine, strangers] = [await worksIn(ONE), await worksIn(OTHER)];
	expect(await orchestrator.executions.abandonByN8nExecution('77', ERROR, ONE)).toBe(1);
	expect(await statusOf(mine.executionId)).toBe('expired');
	expect(await executionRow(database, strangers.executionId)).toMatchObject({
		status: 'started',
		n8n_ended_at: null,
		error: null,
	});
	expect(await orchestrator.executions.renew(strangers)).not.toBeNull();
});

test('the error workflow of one n8n ends its own run and leaves that of the same id in another', async () => {
	const begun = { kind: 'wake_up', owner: 'a', n8nExecutionId: '77' } as const;
	const mine = await orchestrator.runs.begin({ ...begun, n8nInstance: ONE });
	const strangers = await orchestrator.runs.begin({ ...begun, n8nInstance: OTHER });
	expect(await orchestrator.runs.failByN8nExecution('77', ERROR, ONE)).toBe(true);
	expect(await statusOf(mine.runId)).toBe('ERROR_RECOVERY');
	expect(await statusOf(strangers.runId)).toBe('ANALYZING');
});

test.each([undefined, ''])(
	'who does not say in which n8n it runs (%p) finds only what runs nobody knows where',
	async (nobody) => {
		const known = await worksIn(ONE);
		const unknown = await worksIn();
		await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a', n8nExecutionId: '77', n8nInstance: ONE });
		expect(await orchestrator.executions.abandonByN8nExecution('77', ERROR, nobody)).toBe(1);
		expect(await statusOf(unknown.executionId)).toBe('expired');
		expect(await statusOf(known.executionId)).toBe('started');
		expect(await orchestrator.runs.failByN8nExecution('77', ERROR, nobody)).toBe(false);
	},
);

test('a row from before the instance was known is found by whoever names its n8n execution, as it was', async () => {
	const old = await worksIn(ONE);
	const run = await orchestrator.runs.begin({
		kind: 'wake_up',
		owner: 'a',
		n8nExecutionId: '77',
		n8nInstance: ONE,
	});
	await database.query('update orchestrator.workflow_orchestration set n8n_instance = null');
	expect(await orchestrator.runs.failByN8nExecution('77', ERROR, OTHER)).toBe(true);
	expect(await orchestrator.executions.abandonByN8nExecution('77', ERROR, OTHER)).toBe(1);
	expect(await statusOf(old.executionId)).toBe('expired');
	expect(await statusOf(run.runId)).toBe('ERROR_RECOVERY');
});

test('an instance that is empty is stored as unknown', async () => {
	const execution = await worksIn('');
	const { runId } = await orchestrator.runs.begin({ kind: 'manual', owner: 'a', n8nInstance: '' });
	for (const id of [execution.executionId, runId]) {
		expect((await executionRow(database, id)).n8n_instance).toBeNull();
	}
});

test('one n8n is asked to stop its own zombie, never the execution of the same id that is a stranger’s there', async () => {
	const [mine, strangers] = [await zombieIn(ONE), await zombieIn(OTHER)];
	const asked: string[] = [];
	const unknownHere = async (id: string) => asked.push(id) > 0;
	expect(await stopZombies(orchestrator.runs, unknownHere, { n8nInstance: ONE })).toEqual([
		{ n8nExecutionId: '77', ended: true },
	]);
	expect(asked).toEqual(['77']);
	expect((await executionRow(database, mine.executionId)).n8n_ended_at).not.toBeNull();
	// The stranger's is neither asked about nor noted: it may still run.
	expect(await executionRow(database, strangers.executionId)).toMatchObject({
		stop_asked_at: null,
		n8n_ended_at: null,
	});
	const left = await orchestrator.runs.zombies();
	expect(zombiesElsewhere(left, ONE)).toEqual([{ n8nInstance: OTHER, n8nExecutionIds: ['77'] }]);
	expect(zombiesElsewhere(left, OTHER)).toEqual([]);
});

test('an n8n of which nobody knows which it is, is asked only about what runs nobody knows where', async () => {
	await zombieIn(ONE);
	const { executionId } = await zombieIn();
	const asked: string[] = [];
	await stopZombies(orchestrator.runs, async (id) => asked.push(id) > 0, { n8nInstance: null });
	expect(asked).toEqual(['77']);
	expect((await executionRow(database, executionId)).n8n_ended_at).not.toBeNull();
	expect(await orchestrator.runs.zombies()).toMatchObject([{ n8nInstance: ONE }]);
});

test('anomalies, the failure and the health tell of zombies of every n8n, and in which each runs', async () => {
	await zombieIn(ONE);
	await zombieIn(OTHER);
	const found = await orchestrator.runs.findAnomalies();
	const instances = found.filter(({ kind }) => kind === 'zombie').map(({ detail }) => detail.n8n_instance);
	expect(instances.sort()).toEqual([ONE, OTHER]);
	const health = await oneRow(database, `select orchestrator.get_system_health() ->> 'zombies' as zombies`);
	expect(health.zombies).toBe('2');
	expect(
		await database.query(
			`select input ->> 'n8nInstance' as instance from orchestrator.failures where entity = 'execution' order by id`,
		),
	).toEqual([{ instance: ONE }, { instance: OTHER }]);
});
