import type { Orchestrator, TaskError } from '../../core';
import { findCanary } from '../support/canary';
import { everythingIn } from '../support/everything-in';
import { adminUrl, type TestDatabase } from '../support/postgres';
import { CANARY, SECRETS } from '../support/secret-cases';
import {
	claimOne,
	emptyQueue,
	expireLease,
	letWaitingPass,
	openQueue,
	reclaim,
	report,
	startOne,
	task,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
// `drop` looks into every table again.
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const address = () => {
	const url = new URL(adminUrl());
	url.pathname = `/${database.name}`;
	return url.href;
};
/** An error with a secret in each of its fields. */
const leaky = (n = 0): TaskError => ({
	message: `401: Incorrect API key provided: sk-${CANARY}`,
	code: `MO_X token=${CANARY}`,
	stack: `Error: postgres://admin:${CANARY}@db/n8n\n    at f (a.js:1:1)\n${JSON.stringify(SECRETS[n]?.[1] ?? '')}`,
	node: `HTTP Bearer ${CANARY}`,
	parameters: {
		password: CANARY,
		headers: { authorization: CANARY },
		url: `https://a.example/?key=${CANARY}`,
	},
});
const taskOf = ({ items }: { items: { task_id: string }[] }) => items[0]?.task_id ?? '';

/** Each way by which an error comes into the database. */
const WAYS: Record<string, (n: number) => Promise<unknown>> = {
	'a report of a failed task': async (n) => {
		const execution = await startOne(orchestrator);
		const item = { task_id: taskOf(execution), outcome: 'failed' as const, error: leaky(n), usage: [] };
		await report(orchestrator, execution, [item]);
	},
	'the last report before a task is dead': async (n) => {
		const execution = await startOne(orchestrator);
		const retry = { recommended: false, not_before: null };
		const item = {
			task_id: taskOf(execution),
			outcome: 'failed' as const,
			error: leaky(n),
			usage: [],
			retry,
		};
		await report(orchestrator, execution, [item]);
	},
	'a refused delivery': async (n) => {
		await orchestrator.executions.refuse(await claimOne(orchestrator), leaky(n));
		await letWaitingPass(database);
		await orchestrator.executions.refuse(await reclaim(orchestrator), leaky(n));
	},
	'an execution that ended without a report': async (n) =>
		orchestrator.executions.abandon(await startOne(orchestrator), leaky(n)),
	'the error workflow, for tasks': async (n) => {
		await startOne(orchestrator);
		await orchestrator.executions.abandonByN8nExecution('77', leaky(n));
	},
	'a failed run': async (n) => {
		const { runId } = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		await orchestrator.runs.fail(runId, leaky(n));
	},
	'the error workflow, for a run': async (n) => {
		await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a', n8nExecutionId: '4711' });
		await orchestrator.runs.failByN8nExecution('4711', leaky(n));
	},
	'a run that is moved to ERROR_RECOVERY': async (n) => {
		const { runId } = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		await orchestrator.runs.transition(runId, 'ERROR_RECOVERY', { ...leaky(n) });
	},
	'the context of a change': async (n) => {
		const { runId } = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		await orchestrator.runs.transition(runId, 'DISPATCHING', { error: { ...leaky(n) } });
		await orchestrator.runs.complete(runId, { error: { ...leaky(n) } });
	},
	'plain SQL': async (n) => {
		await orchestrator.queue.enqueue([task()]);
		await database.query(`update orchestrator.tasks set error = $1`, [JSON.stringify(leaky(n))]);
	},
	'the context of a task, which the task itself keeps as it was sent': async (n) => {
		const context = { apiKey: CANARY, note: `Bearer ${CANARY}`, more: SECRETS[n]?.[1] ?? '' };
		const execution = await startOne(orchestrator, { context });
		await orchestrator.executions.abandon(execution, { message: 'ended' });
		expect(await findCanary(address())).toEqual(['orchestrator.tasks.context']);
		await database.query(`update orchestrator.tasks set context = '{}'`);
	},
	'the input of a task that fails': async () => {
		const execution = await startOne(orchestrator);
		await expireLease(database, execution.executionId);
		await orchestrator.runs.recover();
	},
};

test.each(Object.keys(WAYS))('%s leaves no secret in any table', async (way) => {
	for (let n = 0; n < SECRETS.length; n += 5) await WAYS[way]?.(n);
	const stored = await database.query(
		`select (select count(*) from orchestrator.failures) + (select count(*) from orchestrator.state_transitions) as n`,
	);
	expect(Number(stored[0]?.n)).toBeGreaterThan(0);
	expect(await findCanary(address())).toEqual([]);
});

test('what the operator needs of a failure stays: code, message, stack, node, input, state of the system, decision', async () => {
	const execution = await startOne(orchestrator, { input: { topic: 'tea', apiKey: 'short' } });
	const item = { task_id: taskOf(execution), outcome: 'failed' as const, error: leaky(), usage: [] };
	await report(orchestrator, execution, [item]);
	const [row] = await database.query('select * from orchestrator.failures');
	expect(row).toMatchObject({
		entity: 'task',
		execution_id: execution.executionId,
		attempt: 1,
		message: '401: Incorrect API key provided: ***',
		error: {
			stack: expect.stringContaining('Error: postgres://admin:***@db/n8n\n    at f (a.js:1:1)'),
			node: 'HTTP Bearer ***',
			parameters: { password: '***', url: 'https://a.example/?key=***' },
		},
		input: { topic: 'tea', apiKey: '***' },
		system_state: { slots: { total: 3 } },
		recovery_action: 'retry',
		result: { not_before: expect.any(String) },
	});
	// The work itself still has what it was given.
	expect(await database.query('select input from orchestrator.tasks')).toEqual([
		{ input: { topic: 'tea', apiKey: 'short' } },
	]);
});

test('the search finds a secret that was stored past the redaction', async () => {
	await orchestrator.queue.enqueue([task({ input: { note: CANARY } })]);
	expect(await findCanary(address())).toEqual(['orchestrator.tasks.input']);
	await emptyQueue(database);
});

const SECRET = `api_key=${CANARY}`;
const KIM = { actor: 'Kim' };
/** A secret in each place that a refusal repeats: its message goes into the log of the server, where nobody takes it out. */
const REFUSED: [string, unknown[]][] = [
	['enqueue_tasks', [[{ workflowType: SECRET, input: {} }]]],
	['enqueue_tasks', [[{ workflowType: TYPE, input: SECRET }]]],
	['enqueue_tasks', [[{ workflowType: TYPE, input: {}, [SECRET]: 1 }]]],
	['enqueue_tasks', [[{ workflowType: TYPE, input: {}, debounce: { key: 'a', [SECRET]: 1 } }]]],
	['enqueue_tasks', [[{ workflowType: TYPE, input: {}, successors: [{ workflowType: SECRET }] }]]],
	['enqueue_tasks', [[{ workflowType: TYPE, input: {}, successors: [{ workflowType: TYPE, [SECRET]: 1 }] }]]],
	['find_tasks', [{ [SECRET]: 1 }]],
	['find_tasks', [{ states: SECRET }]],
	['find_tasks', [JSON.stringify(SECRET)]],
	['peek_tasks', [{ limit: { apiKey: CANARY } }]],
	['list_dead_letters', [{ status: SECRET }]],
	['redrive_dead_letters', [{ status: SECRET }, KIM]],
	['redrive_dead_letters', [{}, { actor: SECRET.repeat(20) }]],
	[
		'cancel_tasks',
		[
			{ workflowType: TYPE, states: [SECRET] },
			{ ...KIM, reason: 'test' },
		],
	],
	[
		'cancel_tasks',
		[
			{ taskIds: ['1'], [SECRET]: 1 },
			{ ...KIM, reason: 'test' },
		],
	],
	['pause_queue', [{ workflowType: SECRET }, 'Kim', 'test']],
	['pause_queue', [{ fairKey: SECRET }, 'Kim', 'test']],
	['pause_queue', [{ fairKey: SECRET, workflowType: SECRET }, 'Kim', 'test']],
	['set_type', [SECRET, { maxAttempts: 3 }, 'Kim']],
	['set_type', [TYPE, { [SECRET]: 3 }, 'Kim']],
	['set_model', [{ ...KIM, provider: SECRET, model: 'm' }]],
];
test.each(REFUSED)('a refusal of %s repeats no secret: %j', async (name, args) => {
	const values = args.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
	const call = `select * from orchestrator.${name}(${args.map((_, n) => `$${n + 1}`).join(', ')})`;
	const refusal: unknown = await database.query(call, values).catch((error: unknown) => error);
	expect(refusal).toMatchObject({ code: expect.stringMatching(/^OR00\d$/) });
	expect(everythingIn(refusal)).not.toContain(CANARY);
});
