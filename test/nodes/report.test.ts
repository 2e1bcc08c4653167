import type { IDataObject } from 'n8n-workflow';
import type Nock from 'nock' with { 'resolution-mode': 'import' };
import { parseSecret, verify } from '../../core';
import { type EngineOptions, runNode, SECRET } from './engine';
import { EXECUTION, taskOf } from './task-item';

/** Task Report needs no database. (nock stands between n8n's process and every socket: keep it away from Postgres.) */
const engine: EngineOptions = { url: 'postgresql://nobody:nothing@127.0.0.1:1/none' };
let nock: typeof Nock;
beforeAll(async () => {
	nock = (await import('nock')).default;
});
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());

const HOST = 'http://127.0.0.1:5678';
/** The task is found through the paired item of the node named “Task Trigger”. */
const reporter = {
	type: 'taskReport',
	parameters: {
		operation: 'report',
		outcome: 'auto',
		result: '={{ $json.result ?? {} }}',
		usage: '={{ $json.usage ?? [] }}',
		task: "={{ $('Task Trigger').item.json }}",
	},
};

interface Seen {
	body: IDataObject;
	id: string;
	timestamp: string;
	verified: boolean;
}

/** Answers one callback and remembers what came. */
function receiver(seen: Seen[], status: number, answer: object = { status: 'applied' }) {
	const remembered: Record<string, string> = {};
	const note = (name: string) => (value: unknown) => (remembered[name] = String(value)) !== '';
	let body: IDataObject = {};
	nock(HOST)
		.post('/webhook/mo-main/callback', (sent: IDataObject) => (body = sent) !== null)
		.matchHeader('webhook-id', note('webhook-id'))
		.matchHeader('webhook-timestamp', note('webhook-timestamp'))
		.matchHeader('webhook-signature', note('webhook-signature'))
		.reply(status, answer)
		.once('request', () => {
			const rawBody = JSON.stringify(body);
			const { verified } = verify({
				headers: remembered,
				rawBody,
				secrets: [parseSecret(SECRET)],
				now: new Date(),
			});
			const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = remembered;
			seen.push({ body, id, timestamp, verified });
		});
}

describe('Task Report', () => {
	it('sends one signed report for all items of an execution, and one more for another execution', async () => {
		const seen: Seen[] = [];
		receiver(seen, 200);
		receiver(seen, 200);
		const other = { execution: { id: '0b7b7a0e-5a58-4b1a-8c5c-0b6b1c6c2d22' } };
		const run = await runNode(
			reporter,
			[
				{ ...taskOf('1'), result: { words: 1 } },
				{ ...taskOf('2'), error: 'the model does not answer' },
				{ ...taskOf('3', other), result: {} },
			],
			engine,
		);
		expect(run.error).toBeNull();
		expect(run.json.map((json) => json.reported)).toEqual(['applied', 'applied', 'applied']);
		expect(run.outputs[0]?.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(seen.map((callback) => callback.verified)).toEqual([true, true]);
		const first = seen.find(({ body }) => body.execution_id === EXECUTION);
		expect(first?.body).toMatchObject({
			n8n_execution_id: '4711',
			items: [
				{ task_id: '1', outcome: 'succeeded', result: { words: 1 } },
				{ task_id: '2', outcome: 'failed', error: { message: 'the model does not answer' } },
			],
		});
	});

	it('repeats under the same id with a fresh signature until it is acknowledged', async () => {
		const seen: Seen[] = [];
		receiver(seen, 503, {});
		receiver(seen, 500, {});
		receiver(seen, 200, { status: 'duplicate' });
		const run = await runNode(reporter, [taskOf('1')], engine);
		expect(run.json[0]).toMatchObject({ reported: 'duplicate' });
		expect(new Set(seen.map((callback) => callback.id)).size).toBe(1);
		expect(new Set(seen.map((callback) => callback.timestamp)).size).toBeGreaterThan(1);
		expect(seen.every((callback) => callback.verified)).toBe(true);
	});

	it.each([
		[{ reason: 'epoch' }, 'The execution is no longer in force: its tasks were dispatched again since.'],
		[{ reason: 'a later one' }, 'The execution is no longer in force.'],
		[{}, 'The execution is no longer in force.'],
	])('says why a report changed nothing: stale with %j', async (more, message) => {
		receiver([], 200, { status: 'stale', ...more });
		const { json } = await runNode(reporter, [taskOf('1')], engine);
		expect(json[0]).toMatchObject({ reported: 'stale', message });
	});

	it('repeats after a refused connection', async () => {
		nock(HOST)
			.post('/webhook/mo-main/callback')
			.replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
		receiver([], 200);
		expect((await runNode(reporter, [taskOf('1')], engine)).json[0]).toMatchObject({ reported: 'applied' });
	});

	it('gives up at the deadline and says what happens to the tasks', async () => {
		receiver([], 500, {});
		const { error } = await runNode(reporter, [taskOf('1', { deadlineMs: 300 })], engine);
		expect(error?.message).toContain('before the deadline');
	});

	it.each([
		[401, 'same “Orchestrator Signing” secret'],
		[404, 'Publish the workflow'],
	])('fails at once when it is answered %i, and says what to do', async (status, action) => {
		receiver([], status, {});
		const { error } = await runNode(reporter, [taskOf('1')], engine);
		expect(error?.message).toContain(String(status));
		expect(error?.description).toContain(action);
		expect(JSON.stringify(error)).not.toContain(SECRET);
	});

	it('does not take a strange 200 for an acknowledgement', async () => {
		receiver([], 200, { hello: 'world' });
		expect((await runNode(reporter, [taskOf('1')], engine)).error?.message).toContain('acknowledgement');
	});

	it('reports a sample to nowhere, and says so', async () => {
		const run = await runNode(reporter, [taskOf('1', { test: true })], engine);
		expect(run.json[0]).toMatchObject({
			reported: 'test',
			message: expect.stringContaining('nothing was sent'),
		});
	});

	it('passes on when a provider says to come back, and the code of the failure', async () => {
		const seen: Seen[] = [];
		receiver(seen, 200);
		const retry = { recommended: true, not_before: '2026-11-21T10:00:00.000Z' };
		const details = { code: 'MO_LLM_REFUSED', action: 'wait', retry };
		await runNode(reporter, [{ ...taskOf('1'), error: 'too many requests', details }], engine);
		expect(seen[0]?.body.items).toMatchObject([
			{ outcome: 'failed', error: { message: 'too many requests', code: 'MO_LLM_REFUSED' }, retry },
		]);
	});

	it('lets a failure outweigh a success of the same task, and adds up what both used', async () => {
		const seen: Seen[] = [];
		receiver(seen, 200);
		const usage = [{ provider: 'openai', model: 'm', requests: 1, input_tokens: 1, output_tokens: 1 }];
		await runNode(
			reporter,
			[
				{ ...taskOf('1'), usage, error: 'no' },
				{ ...taskOf('1'), usage },
			],
			engine,
		);
		expect(seen[0]?.body.items).toMatchObject([{ task_id: '1', outcome: 'failed', usage: [{}, {}] }]);
	});
});
