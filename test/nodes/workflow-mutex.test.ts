import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters, IRun } from 'n8n-workflow';
import type { MutexHolder, Orchestrator } from '../../core';
import { emptyLocks } from '../postgres/mutex-scenario';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import {
	type EngineOptions,
	endNodePool,
	type NodeSpec,
	readNode,
	resumeWorkflow,
	runNode,
	runWorkflow,
	startWorkflow,
	workflowOf,
} from './engine';
import { cuttable, Gate, itemsOf, mutex, wait } from './mutex-stage';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	database = await freshDatabase();
	orchestrator = database.orchestrator();
});
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});
beforeEach(async () => emptyLocks(database));

type Step = NodeSpec & { name: string };
const work = (gate: Gate): Step => ({ name: 'Work', type: gate.type });
const start: Step = { name: 'Start', type: 'source' };

function begin(steps: Step[], executionId: string, over: Partial<EngineOptions> & { id?: string } = {}) {
	const workflow = workflowOf([start, ...steps], { id: over.id ?? `wf-${executionId}` });
	return startWorkflow(workflow, itemsOf({ n: 1 }), { url: database.url, executionId, ...over });
}

async function holders(lock = 'crm'): Promise<MutexHolder[]> {
	const [report] = await orchestrator.mutexes.inspect(lock);
	return report?.holders ?? [];
}

/** Waits until something is so; fails after 30 s. */
async function until(what: () => Promise<boolean>): Promise<void> {
	const giveUpAt = Date.now() + 30_000;
	while (!(await what())) {
		if (Date.now() > giveUpAt) throw new Error('it never became so');
		await sleep(20);
	}
}

/** An execution that holds the lock and works until its gate opens. */
async function holding(options: INodeParameters = {}, executionId = 'h', over: Partial<EngineOptions> = {}) {
	const gate = new Gate();
	const run = begin([mutex('acquire', { options }), work(gate)], executionId, over);
	await Promise.race([gate.begun, run]);
	return { gate, run };
}

async function acquireOnce(
	executionId: string,
	over: INodeParameters = {},
	engine: Partial<EngineOptions> = {},
) {
	return readNode(await begin([mutex('acquire', over)], executionId, engine), 'Mutex');
}

/** The output that has the items. */
function where({ outputs, error }: ReturnType<typeof readNode>): string {
	if (error !== null) return error.message;
	return ['acquired', 'busy'].filter((_name, index) => (outputs[index]?.length ?? 0) > 0).join(' and ');
}

describe('items', () => {
	const items = [
		{
			json: { deep: { list: [1, { a: null }], error: 'mine' }, lock: 'mine' },
			binary: { file: { data: 'aGk=', mimeType: 'text/plain', fileName: 'ü.txt' } },
			pairedItem: { item: 0 },
		},
		{ json: {}, pairedItem: { item: 1 } },
		{ json: { n: 3 }, pairedItem: { item: 2 } },
	];
	const engine = () => ({ url: database.url });

	it('pass through completely unchanged: json, binary, pairing, order, number', async () => {
		const plain = await runWorkflow(workflowOf([start, { name: 'Mutex', type: 'source' }]), items, engine());
		for (const operation of ['acquire', 'ensure', 'release'] as const) {
			const run = await runWorkflow(workflowOf([start, mutex(operation)]), items, engine());
			expect(readNode(run, 'Mutex').outputs[0]).toEqual(readNode(plain, 'Mutex').outputs[0]);
		}
		const { gate, run } = await holding();
		const busy = await runWorkflow(workflowOf([start, mutex('acquire')]), items, engine());
		expect(readNode(busy, 'Mutex').outputs).toEqual([[], readNode(plain, 'Mutex').outputs[0]]);
		gate.open();
		await run;
	});

	it('take the lock once, however many they are', async () => {
		await runWorkflow(workflowOf([start, mutex('acquire')]), items, engine());
		expect(await orchestrator.mutexes.inspect('crm')).toMatchObject([{ acquisitions: 1, holders: [] }]);
	});

	it('carry name, fencing token and times when asked to', async () => {
		const options = { addLockToItems: true };
		const first = await acquireOnce('a', { options });
		const second = await acquireOnce('b', { options });
		expect(first.json).toEqual([
			{
				n: 1,
				lock: {
					name: 'crm',
					fencingToken: expect.any(Number),
					acquiredAt: expect.stringMatching(/Z$/),
					leaseUntil: expect.stringMatching(/Z$/),
				},
			},
		]);
		const token = (run: typeof first) => (run.json[0]?.lock as { fencingToken: number }).fencingToken;
		expect(token(second)).toBeGreaterThan(token(first));
	});
});

describe('a taken lock', () => {
	it('skips to Busy, and is free when its holder has ended', async () => {
		const { gate, run } = await holding();
		expect(where(await acquireOnce('b'))).toBe('busy');
		gate.open();
		expect((await run).status).toBe('success');
		expect(where(await acquireOnce('c'))).toBe('acquired');
	});

	it('fails at once when told to, and names the holder', async () => {
		const { gate, run } = await holding();
		const { error } = await acquireOnce('b', { onBusy: 'fail' });
		expect(error?.message).toBe('The lock “crm” is held by execution h of “Workflow wf-h” (node “Mutex”).');
		expect(error?.description).toContain('Inspect');
		gate.open();
		await run;
	});

	it('is waited for until its holder ends', async () => {
		const { gate, run } = await holding();
		const waiting = acquireOnce('b', { onBusy: 'wait' });
		await until(async () => (await orchestrator.mutexes.inspect('crm'))[0]?.waiters.length === 1);
		gate.open();
		expect(where(await waiting)).toBe('acquired');
		await run;
		expect(await orchestrator.mutexes.inspect('crm')).toMatchObject([
			{
				waiters: [],
				contention: [{ workflowName: 'Workflow wf-b', blockedByName: 'Workflow wf-h', waited: 1 }],
			},
		]);
	});

	it('fails a wait visibly when its time is over, and leaves no waiter behind', async () => {
		const { gate, run } = await holding();
		const { error } = await acquireOnce('b', { onBusy: 'wait', options: { maxWaitSeconds: 0.3 } });
		expect(error?.message).toMatch(/is held by execution h .* It was waited for 0\.\d s\./);
		expect(await orchestrator.mutexes.inspect('crm')).toMatchObject([
			{ waiters: [], contention: [{ gaveUp: 1 }] },
		]);
		gate.open();
		await run;
	});

	it('has one waiter per workflow: the next is skipped, or fails where no event may be lost', async () => {
		const { gate, run } = await holding();
		const waiting = begin([mutex('acquire', { onBusy: 'wait' })], 'b1', { id: 'cron' });
		await until(async () => (await orchestrator.mutexes.inspect('crm'))[0]?.waiters.length === 1);
		expect(where(await acquireOnce('b2', { onBusy: 'wait' }, { id: 'cron' } as never))).toBe('busy');
		const options = { ifAnotherWaits: 'fail' };
		const third = await acquireOnce('b3', { onBusy: 'wait', options }, { id: 'cron' } as never);
		expect(third.error?.message).toContain('Another execution of this workflow waits');
		gate.open();
		await run;
		expect(where(readNode(await waiting, 'Mutex'))).toBe('acquired');
	});

	it('waited for by an execution that is stopped leaves neither waiter nor holder', async () => {
		const { gate, run } = await holding();
		const waiting = begin([mutex('acquire', { onBusy: 'wait' })], 'b');
		await until(async () => (await orchestrator.mutexes.inspect('crm'))[0]?.waiters.length === 1);
		waiting.cancel();
		await waiting.catch(() => undefined);
		await until(async () => (await orchestrator.mutexes.inspect('crm'))[0]?.waiters.length === 0);
		gate.open();
		await run;
		expect(await holders()).toEqual([]);
	});
});

it('taken in the very moment of a Stop is given back at once', async () => {
	await acquireOnce('first');
	const client = await database.client();
	await client.query('begin');
	await client.query(`select 1 from orchestrator.mutexes where name = 'crm' for update`);
	const run = begin([mutex('acquire')], 'a');
	await until(async () => {
		const blocked = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
		return (await database.query(blocked)).length > 0;
	});
	run.cancel();
	await client.query('commit');
	await run.catch(() => undefined);
	await until(async () => (await orchestrator.mutexes.inspect('crm'))[0]?.acquisitions === 2);
	await until(async () => (await holders()).length === 0);
});

describe('the holder', () => {
	it('enters again with the same token and holds until the last release', async () => {
		const [inside, outside] = [new Gate(), new Gate()];
		const run = begin(
			[
				mutex('acquire', {}, 'Outer'),
				mutex('acquire', {}, 'Inner'),
				mutex('release', {}, 'Inner end'),
				{ name: 'In', type: inside.type },
				mutex('release', {}, 'Outer end'),
				{ name: 'Out', type: outside.type },
			],
			'a',
		);
		await inside.begun;
		expect(await holders()).toMatchObject([{ executionId: 'a', count: 1 }]);
		inside.open();
		await outside.begun;
		expect(await holders()).toEqual([]);
		outside.open();
		expect((await run).status).toBe('success');
	});

	it('is joined by the workflows it calls, however deep, and by nobody else', async () => {
		const { gate, run } = await holding({}, 'root');
		const child = await holding({}, 'child', { callers: ['between', 'root'] });
		expect(new Set((await holders()).map(({ fencingToken }) => fencingToken)).size).toBe(1);
		expect(where(await acquireOnce('other', {}, { callers: ['between'] }))).toBe('busy');
		expect(where(await acquireOnce('error', {}, { callers: ['root'], mode: 'error' }))).toBe('busy');
		gate.open();
		await run;
		expect(await holders()).toMatchObject([{ executionId: 'child' }]);
		child.gate.open();
		await child.run;
		expect(await holders()).toEqual([]);
	});

	it('is joined by an execution that names it, where n8n cannot tell', async () => {
		const { gate, run } = await holding({}, 'root');
		expect(where(await acquireOnce('far', { options: { callerExecutionId: 'root' } }))).toBe('acquired');
		gate.open();
		await run;
	});

	it('gives the lock back when it fails', async () => {
		const run = await begin([mutex('acquire'), { name: 'Work', type: 'broken' }], 'a');
		expect(run.status).toBe('error');
		expect(await holders()).toEqual([]);
	});

	it('renews while it lives, longer than its lease', async () => {
		const { gate, run } = await holding({ leaseSeconds: 4 });
		const [first] = await holders();
		await sleep(5000);
		expect(await holders()).toMatchObject([{ executionId: 'h', fencingToken: first?.fencingToken }]);
		expect(where(await acquireOnce('b'))).toBe('busy');
		gate.open();
		await run;
	});

	it('that is stopped drains the lock: the next holder starts after the grace, when its last node has ended', async () => {
		const { gate, run } = await holding({ graceSeconds: 4 });
		run.cancel();
		await until(async () => (await holders())[0]?.status === 'draining');
		expect(where(await acquireOnce('b'))).toBe('busy');
		const next = acquireOnce('c', { onBusy: 'wait' });
		await sleep(500);
		gate.open();
		await run.catch(() => undefined);
		expect(where(await next)).toBe('acquired');
		expect(Date.now()).toBeGreaterThan(gate.endedAt ?? Infinity);
	});

	it('that was stopped opens by hand', async () => {
		const { gate, run } = await holding();
		run.cancel();
		await until(async () => (await holders())[0]?.status === 'draining');
		await begin([mutex('release', { options: { force: true } })], 'operator');
		expect(where(await acquireOnce('b'))).toBe('acquired');
		gate.open();
		await run.catch(() => undefined);
	});
});

describe('a parked execution', () => {
	const inTwoHours = () => new Date(Date.now() + 7_200_000);

	it('has given the lock back until it wakes; Ensure takes it again, under a new token', async () => {
		const workflow = workflowOf(
			[start, mutex('acquire'), wait(inTwoHours()), mutex('ensure', {}, 'Again')],
			{},
		);
		const options = { url: database.url, executionId: 'p' };
		const parked = await startWorkflow(workflow, itemsOf({ n: 1 }), options);
		expect(parked.status).toBe('waiting');
		await until(async () => (await holders()).length === 0);
		expect(where(await acquireOnce('b'))).toBe('acquired');
		const woken = await resumeWorkflow(workflow, copyOf(parked), options);
		expect(where(readNode(woken, 'Again'))).toBe('acquired');
		expect(await holders()).toEqual([]);
		expect(await orchestrator.mutexes.inspect('crm')).toMatchObject([{ acquisitions: 3 }]);
	});

	it('holds until its wake time plus grace when told to, and is the same holder afterwards', async () => {
		const gate = new Gate();
		const at = inTwoHours();
		const options = { holdWhileWaiting: true, graceSeconds: 60 };
		const steps = [start, mutex('acquire', { options }), wait(at), mutex('ensure', {}, 'Again'), work(gate)];
		const engine = { url: database.url, executionId: 'p' };
		const workflow = workflowOf(steps, {});
		const parked = await startWorkflow(workflow, itemsOf({ n: 1 }), engine);
		await until(async () => (await holders())[0]?.status === 'parked');
		const [before] = await holders();
		expect(before?.leaseUntil).toEqual(new Date(at.getTime() + 60_000));
		expect(where(await acquireOnce('b'))).toBe('busy');
		const woken = resumeWorkflow(workflow, copyOf(parked), engine);
		await gate.begun;
		expect(await holders()).toMatchObject([{ status: 'held', fencingToken: before?.fencingToken, count: 1 }]);
		gate.open();
		await woken;
		expect(await holders()).toEqual([]);
	});

	it('that wakes at once is not robbed of its lock by the keeper from before', async () => {
		const gate = new Gate();
		const steps = [start, mutex('acquire'), wait(inTwoHours()), mutex('ensure', {}, 'Again'), work(gate)];
		const engine = { url: database.url, executionId: 'p' };
		const workflow = workflowOf(steps, {});
		const parked = await startWorkflow(workflow, itemsOf({ n: 1 }), engine);
		const woken = resumeWorkflow(workflow, copyOf(parked), engine);
		await gate.begun;
		await sleep(1300);
		expect(await holders()).toMatchObject([{ executionId: 'p', status: 'held' }]);
		gate.open();
		await woken;
		expect(await holders()).toEqual([]);
	});

	/** As if n8n had stored and loaded it. */
	function copyOf(run: IRun) {
		const data = structuredClone({ ...run.data, executionData: undefined });
		const { executionData } = JSON.parse(JSON.stringify({ executionData: run.data.executionData }));
		return { ...data, executionData, waitTill: run.data.waitTill } as IRun['data'];
	}
});

describe('losing the lock', () => {
	const note = (run: IRun) => run.data.resultData.metadata?.lockLost;

	it('does not stop the execution; it is in the log and in the execution’s record', async () => {
		const { gate, run } = await holding({ leaseSeconds: 1 });
		await orchestrator.mutexes.forceRelease('crm');
		await sleep(800);
		gate.open();
		const ended = await run;
		expect(ended.status).toBe('success');
		expect(note(ended)).toMatch(/^crm: ran out or was taken at \d{4}-/);
	});

	it('because the database is away, likewise: the work goes on and the loss is reported at the end', async () => {
		const proxy = await cuttable(database.url);
		const { gate, run } = await holding({ leaseSeconds: 1 }, 'h', { url: proxy.url });
		await proxy.cut();
		await sleep(1700);
		gate.open();
		const ended = await run;
		expect(ended.status).toBe('success');
		expect(note(ended)).toMatch(/^crm: could not be renewed in time at /);
		await endNodePool(proxy.url);
	});
});

describe('bad input', () => {
	const cases: Array<[string, INodeParameters, string]> = [
		[
			'a lease of 0',
			{ options: { leaseSeconds: 0 } },
			'Lease (Seconds) must be a number from 1 to 86400, got 0.',
		],
		['a negative lease', { options: { leaseSeconds: -5 } }, 'got -5.'],
		['a wait of an hour', { options: { maxWaitSeconds: 3600 } }, 'from 0 to 600, got 3600.'],
		[
			'half a permit',
			{ options: { permits: 0.5 } },
			'Permits must be a whole number from 1 to 1000, got 0.5.',
		],
		['an empty name', { lock: ' ' }, 'only blanks or nothing'],
		['a name with a control character', { lock: 'a\u0007b' }, 'got U+0007 at position 1'],
		['a name of 201 characters', { lock: 'x'.repeat(201) }, 'at most 200 characters, got 201'],
		['an unknown operation', { operation: 'grab' }, 'This node has no operation “grab”.'],
		['an unknown policy', { onBusy: 'maybe' }, 'not as expected'],
	];
	it.each(cases)(
		'%s is refused with the value and the bound, and touches no lock',
		async (_case, over, said) => {
			const { error } = await acquireOnce('a', over);
			expect(error?.message).toContain(said);
			expect(error?.description).toMatch(/\S/);
			expect(await database.query('select 1 from orchestrator.mutexes')).toEqual([]);
		},
	);

	it('a name that differs from item to item is refused', async () => {
		const { error } = await runNode(
			mutex('acquire', { lock: '={{ $json.id }}' }, 'Node'),
			[{ id: 'a' }, { id: 'b' }],
			{
				url: database.url,
			},
		);
		expect(error?.message).toBe('The lock name differs between items: “a” for item 0, “b” for item 1.');
	});

	const unicode = ['日本 🔒', "'; drop table orchestrator.mutexes; --", '__proto__'];
	it.each(unicode)('any Unicode name is a lock: %s', async (lock) => {
		expect(where(await acquireOnce('a', { lock }))).toBe('acquired');
		expect(await orchestrator.mutexes.inspect(lock)).toMatchObject([{ lock, acquisitions: 1 }]);
	});

	it('tables that are missing are named in the message itself, with both ways to make them', async () => {
		const empty = await freshDatabase({ migrated: false });
		const { error } = await acquireOnce('a', {}, { url: empty.url });
		expect(error?.message).toMatch(
			/no orchestrator schema yet.*master-orchestrator migrate.*Set Up Database/,
		);
		await endNodePool(empty.url);
		await empty.drop();
	});

	it('a database that is away is named, with what to check', async () => {
		const { error } = await acquireOnce('a', {}, { url: 'postgresql://nobody:nothing@127.0.0.1:1/none' });
		expect(error?.message).toBe('Postgres does not answer: nothing listens at 127.0.0.1:1.');
		expect(error?.description).toContain('Check host, port');
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'with %s a failure never goes to Acquired',
		async (onError) => {
			const { gate, run } = await holding();
			const spec = { ...mutex('acquire', { onBusy: 'fail' }, 'Node'), onError };
			const { outputs } = await runNode(spec, [{ n: 1 }, { n: 2 }], { url: database.url, executionId: 'b' });
			expect(outputs[0]).toEqual([]);
			const failed = outputs.at(onError === 'continueRegularOutput' ? 1 : 2);
			expect(failed).toMatchObject([
				{ json: { n: 1, error: expect.stringContaining('is held by') } },
				{ json: { n: 2 } },
			]);
			gate.open();
			await run;
		},
	);
});

describe('Inspect', () => {
	it('shows holders, waiters and contention of one lock, or every lock in use', async () => {
		const { gate, run } = await holding();
		await acquireOnce('b');
		const engine = { url: database.url };
		const one = await runNode(mutex('inspect', { lock: 'crm' }, 'Node'), [{ n: 1 }], engine);
		expect(one.json).toMatchObject([
			{
				n: 1,
				message: expect.stringMatching(/^The lock “crm” is held by execution h of .* would open at \d{4}-/),
				lock: { lock: 'crm', holders: [{ executionId: 'h', status: 'held' }], contention: [{ skipped: 1 }] },
			},
		]);
		const all = await runNode(mutex('inspect', { lock: '' }, 'Node'), [{}], engine);
		expect(all.json).toMatchObject([{ message: 'Locks held or waited for: 1.', locks: [{ lock: 'crm' }] }]);
		expect((await runNode(mutex('inspect', { lock: 'x' }, 'Node'), [{}], engine)).json).toEqual([
			{ message: 'The lock “x” is free.', lock: null },
		]);
		gate.open();
		await run;
	});
});
