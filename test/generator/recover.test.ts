import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Orchestrator } from '../../core';
import { createProgram } from '../../generator/program';
import {
	claimOne,
	emptyQueue,
	expireLease,
	letWaitingPass,
	openQueue,
	startWork,
	task,
} from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';

let database: TestDatabase;
let orchestrator: Orchestrator;
let n8n: Server;
let asked: string[];
/** What the server answers when it is asked to stop an execution. */
let answer: { status: number; body: unknown };
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	n8n = createServer((request, response) => {
		const { method, url } = request;
		asked.push(`${method} ${url}`);
		const { status, body } = url?.startsWith('/api/v1/discover')
			? { status: 200, body: { data: { scopes: ['execution:stop'], resources: {} } } }
			: answer;
		response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
	});
	await new Promise<void>((resolve) => n8n.listen(0, '127.0.0.1', resolve));
});
beforeEach(async () => {
	asked = [];
	answer = stoppedAs('canceled');
	await emptyQueue(database);
	await database.query('truncate orchestrator.anomalies');
});
afterAll(async () => {
	n8n.closeAllConnections();
	await new Promise((resolve) => n8n.close(resolve));
	await database.drop();
});

async function recover(...args: string[]): Promise<string> {
	let said = '';
	const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
		said += String(text);
		return true;
	});
	const { N8N_API_KEY } = process.env;
	process.env.N8N_API_KEY = 'a-key';
	const address = `http://127.0.0.1:${(n8n.address() as AddressInfo).port}`;
	try {
		await createProgram().parseAsync([
			'node',
			'master-orchestrator',
			'recover',
			'--database-url',
			database.url,
			'--n8n-url',
			address,
			...args,
		]);
	} finally {
		write.mockRestore();
		if (N8N_API_KEY === undefined) delete process.env.N8N_API_KEY;
		else process.env.N8N_API_KEY = N8N_API_KEY;
	}
	return said;
}

/** As n8n 2.40.7 answers. */
const stoppedAs = (status: string) => ({
	status: 200,
	body: { mode: 'webhook', startedAt: '2026-01-01', finished: false, status },
});

const zombie = async (n8nExecutionId = '77', n8nInstance?: string) => {
	const execution = await claimOne(orchestrator);
	await startWork(orchestrator, execution, n8nExecutionId, n8nInstance);
	await expireLease(database, execution.executionId);
	await orchestrator.runs.recover();
};

test('--dry-run says what is wrong, what would be done and when it is over, and changes nothing', async () => {
	await claimOne(orchestrator);
	await database.query(
		'update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null',
	);
	const said = await recover('--dry-run');
	expect(said).toMatch(
		/^execution_without_slot: execution [0-9a-f-]{36}\n {2}would be done \(expire_orphan\): .+\n {2}over when: /,
	);
	expect(await database.query(`select status from orchestrator.workflow_orchestration`)).toEqual([
		{ status: 'claimed' },
	]);
	expect(await database.query('select * from orchestrator.anomalies')).toEqual([]);
	expect(asked).toEqual([]);
});

test('--dry-run counts what recovery would do, and changes nothing', async () => {
	const { executionId } = await claimOne(orchestrator);
	const { runId } = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
	for (const id of [executionId, runId]) await expireLease(database, id);
	const later = new Date(Date.now() + 3_600_000);
	await orchestrator.queue.enqueue([task({ notBefore: later }), task({ notBefore: later }), task()]);
	await letWaitingPass(database);
	await database.query(
		`update orchestrator.tasks set expires_at = clock_timestamp() - interval '1 second' where state = 'queued'`,
	);
	expect(await recover('--dry-run')).toBe(
		'Recovery would: expire 1 execution whose lease ran out; end 1 run that is stuck; bury 1 task past its deadline for waiting; ' +
			'put back into the queue 2 tasks that are due.\n',
	);
	expect(await recover('--dry-run')).toContain('Recovery would: expire 1 execution');
	const said = await recover();
	expect(said).toContain(`stuck_run: run ${runId}\n  repaired by expire_run\n  over: The run has ended.`);
	expect(said).toContain('1 executions expired, 1 tasks to be tried again, 1 dead, 2 due, 1 runs ended');
	expect(await recover('--dry-run')).toBe('Nothing is wrong.\n');
});

test('what is told is what came of it: repaired, or left open', async () => {
	await zombie();
	const executionId = (await orchestrator.runs.zombies())[0]?.executionId;
	const said = await recover();
	expect(said).toContain(
		`zombie: execution ${executionId}\n  not repaired by this command (master-orchestrator recover --stop-zombies)\n  open, until: `,
	);
	expect(said).not.toMatch(/done/);
	expect(await recover('--stop-zombies')).toContain('over: It reported, ended or was stopped');
});

test('without it the same is repaired, and a second look finds nothing wrong', async () => {
	await claimOne(orchestrator);
	await database.query(
		'update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null',
	);
	const said = await recover();
	expect(said).toMatch(
		/^execution_without_slot: execution [0-9a-f-]{36}\n {2}repaired by expire_orphan\n {2}over: /,
	);
	expect(said).toContain('1 anomalies repaired, 0 open.');
	expect(await database.query(`select status from orchestrator.workflow_orchestration`)).toEqual([
		{ status: 'expired' },
	]);
	expect(await recover('--dry-run')).toBe('Nothing is wrong.\n');
});

test('--stop-zombies asks n8n to stop what was taken away, and notes that it runs no more', async () => {
	await zombie();
	expect(await recover('--stop-zombies')).toContain('n8n execution 77: does not run any more');
	expect(asked).toContain('POST /api/v1/executions/77/stop');
	expect(await orchestrator.runs.zombies()).toEqual([]);
});

test('without --instance only what runs nobody knows where is stopped; the rest is named, with what to do', async () => {
	await zombie('77', 'n8n-a');
	await zombie('78', 'n8n-b');
	await zombie('79', 'n8n-a');
	await zombie('80');
	const said = await recover('--stop-zombies');
	expect(asked.filter((each) => each.startsWith('POST'))).toEqual(['POST /api/v1/executions/80/stop']);
	expect(said).toContain('n8n execution 80: does not run any more');
	expect(said).toContain(
		'n8n execution 79, 77 of the n8n n8n-a: left alone; if N8N_URL leads to it, run this again with --instance n8n-a',
	);
	expect(said).toContain('n8n execution 78 of the n8n n8n-b: left alone');
	expect((await orchestrator.runs.zombies()).map((each) => each.stopAskedAt)).toEqual([null, null, null]);
});

test('--instance has its own stopped, and names what runs in another n8n', async () => {
	await zombie('77', 'n8n-a');
	await zombie('77', 'n8n-b');
	const said = await recover('--stop-zombies', '--instance', 'n8n-a');
	expect(asked.filter((each) => each.startsWith('POST'))).toEqual(['POST /api/v1/executions/77/stop']);
	expect(said).toContain('n8n execution 77: does not run any more');
	expect(said).toContain(
		'n8n execution 77 of the n8n n8n-b: left alone; run this with address and key of that n8n and --instance n8n-b',
	);
	expect(await orchestrator.runs.zombies()).toMatchObject([{ n8nInstance: 'n8n-b', stopAskedAt: null }]);
});

test('an empty --instance, as of a variable that is not set, is none', async () => {
	await zombie('77', 'n8n-a');
	expect(await recover('--stop-zombies', '--instance', '')).toContain('left alone; if N8N_URL leads to it');
	expect(asked.filter((each) => each.startsWith('POST'))).toEqual([]);
});

test('one that runs on although n8n was asked stays known', async () => {
	await zombie();
	answer = stoppedAs('running');
	expect(await recover('--stop-zombies')).toContain('was asked to stop and still runs');
	expect(await orchestrator.runs.zombies()).toMatchObject([{ stopAskedAt: expect.any(Date) }]);
});

test.each([
	[404, { message: 'Not Found' }],
	[409, { message: 'The execution has ended' }],
])('one that n8n refuses to stop with %i in its own words runs no more', async (status, body) => {
	await zombie();
	answer = { status, body };
	expect(await recover('--stop-zombies')).toContain('n8n execution 77: does not run any more');
	expect(await orchestrator.runs.zombies()).toEqual([]);
});

test.each([
	['too many requests', 429, { message: 'slow down' }, 'MO_N8N_REFUSED'],
	['another server at the address', 404, '<html>not here</html>', 'MO_N8N_NOT_FOUND'],
	['an answer that n8n does not give', 200, { ok: true }, 'MO_N8N_ADDRESS'],
])('%s ends nothing: it stays known', async (_what, status, body, code) => {
	await zombie();
	answer = { status, body };
	await expect(recover('--stop-zombies')).rejects.toMatchObject({ code });
	expect(await orchestrator.runs.zombies()).toHaveLength(1);
});
