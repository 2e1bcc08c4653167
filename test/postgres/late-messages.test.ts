import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
	buildCallbackEnvelope,
	callbackWebhookId,
	type DispatchEnvelope,
	dispatchEnvelope,
	type Orchestrator,
	parseSecret,
	sign,
} from '../../core';
import { until } from '../support/verdict';
import type { PlayerProcess } from '../simulation/company';
import { SECRET } from '../simulation/messages';
import { Theatre } from '../simulation/theatre';
import { task } from '../simulation/workload';

let theatre: Theatre;
let player: PlayerProcess;
let port: number;
let orchestrator: Orchestrator;
beforeEach(async () => {
	theatre = await Theatre.open();
	orchestrator = theatre.database.orchestrator();
	player = theatre.start();
	port = await player.play(theatre.casting('player', 0));
	await theatre.register(port);
	await theatre.setLeases({ dispatchSeconds: 20, workSeconds: 20 });
}, 60_000);
afterEach(async () => theatre.close(), 60_000);

const passes = async () => player.tell({ do: 'pass', pass: { kind: 'wake_up' } });

/** Reports success of everything in a dispatch to the real Callback Receiver; answers its status and word. */
async function reportTo(
	dispatch: DispatchEnvelope,
): Promise<{ http: number; status: string; reason?: string }> {
	const { execution_id: executionId, epoch, workflow_type: workflowType, items } = dispatch;
	const usage = [
		{ provider: 'openai', model: 'gpt-4o-mini', requests: 1, input_tokens: 1000, output_tokens: 100 },
	];
	const envelope = buildCallbackEnvelope({
		executionId,
		epoch,
		workflowType,
		n8nExecutionId: 'late',
		items: items.map(({ task_id }) => ({ task_id, outcome: 'succeeded', result: {}, usage })),
	});
	const rawBody = JSON.stringify(envelope);
	const signed = sign({
		id: callbackWebhookId(envelope),
		at: new Date(),
		rawBody,
		secrets: [parseSecret(SECRET)],
	});
	const headers = { 'content-type': 'application/json', ...signed };
	const response = await fetch(`http://127.0.0.1:${port}/callback`, {
		method: 'POST',
		headers,
		body: rawBody,
	});
	return { http: response.status, ...((await response.json()) as { status: string; reason?: string }) };
}

async function accept({ execution_id: executionId, epoch }: DispatchEnvelope): Promise<void> {
	await orchestrator.executions.accept({ executionId, epoch }, `accepted_${executionId}`);
}

/** A sub-workflow of the test that keeps what it is sent; by default it accepts and then says no more. */
async function endpoint(beforeTheAnswer: (dispatch: DispatchEnvelope) => Promise<unknown> = accept) {
	const sent: DispatchEnvelope[] = [];
	const server = createServer((request, response) => {
		void (async () => {
			const dispatch = dispatchEnvelope.parse(JSON.parse(await text(request)));
			sent.push(dispatch);
			await beforeTheAnswer(dispatch);
			response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"accepted"}');
		})();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const close = () => {
		server.close();
		server.closeAllConnections();
	};
	return { sent, port: (server.address() as AddressInfo).port, close };
}

test('a report that comes before the 202 settles, and the late 202 changes nothing', async () => {
	const answers: object[] = [];
	const hasty = await endpoint(async (dispatch) => answers.push(await reportTo(dispatch)));
	await theatre.register(hasty.port, port);
	await player.tell({ do: 'enqueue', tasks: [task('hasty')] });
	await passes();
	hasty.close();
	expect(answers).toEqual([{ http: 200, status: 'applied' }]);
	const { history, offences } = await theatre.judge();
	// This sub-workflow publishes nothing: that is all there is to say against it.
	expect(offences.map(({ rule }) => rule)).toEqual(['applied once']);
	expect(history.transitions.filter(({ entity }) => entity === 'execution').map(({ to }) => to)).toEqual([
		'claimed',
		'reported',
	]);
}, 60_000);

test('a report that comes after the expiry changes no state, but what it used is booked', async () => {
	const silent = await endpoint();
	await theatre.register(silent.port, port);
	await player.tell({ do: 'enqueue', tasks: [task('late')] });
	await passes();
	silent.close();
	await theatre.register(port);
	await theatre.letLeasesRunOut();
	await player.tell({ do: 'keep passing' });
	await theatre.drained();
	const before = await theatre.history();
	expect(await reportTo(silent.sent[0]!)).toEqual({ http: 200, status: 'stale', reason: 'expired' });
	const { history, text: verdict } = await theatre.judge();
	expect(verdict).toBe('nothing to say against this history');
	expect(history.tasks).toEqual(before.tasks);
	expect(history.outcomes).toEqual(before.outcomes);
	const [usage] = await theatre.database.query(
		'select stale, requests, cost_usd > 0 as costs from orchestrator.workflow_resource_usage',
	);
	expect(usage).toEqual({ stale: true, requests: 1, costs: true });
}, 60_000);

test('a report of an earlier epoch that comes after the redrive leaves the redriven task to its new execution', async () => {
	const silent = await endpoint();
	await theatre.register(silent.port, port);
	await theatre.database.query('update orchestrator.workflow_types set max_attempts = 1');
	await player.tell({ do: 'enqueue', tasks: [task('redriven')] });
	await passes();
	await theatre.letLeasesRunOut();
	await player.tell({ do: 'keep passing' });
	await until('it is dead', async () => (await theatre.count(`state = 'dead'`)) === 1, 30_000, 20);
	await player.tell({ do: 'rest' });
	const { taskIds } = await orchestrator.deadLetters.redrive({}, { actor: 'Kim' });
	expect(taskIds).toHaveLength(1);
	await passes();
	const [first, second] = silent.sent;
	expect(second?.epoch).toBe(first!.epoch + 1);
	expect(await reportTo(first!)).toEqual({ http: 200, status: 'stale', reason: 'expired' });
	expect(await theatre.count(`state = 'claimed' and epoch = ${second!.epoch}`)).toBe(1);
	expect(await reportTo(second!)).toEqual({ http: 200, status: 'applied' });
	silent.close();
	const { offences } = await theatre.judge();
	expect(offences.map(({ rule }) => rule)).toEqual(['applied once']);
	expect(await theatre.count(`state = 'succeeded'`)).toBe(1);
	expect((await orchestrator.deadLetters.list({ status: 'open' })).letters).toEqual([]);
}, 60_000);

test('a holder stopped past its lease comes back to find that another has won: nothing it does is applied', async () => {
	const holder = theatre.start();
	const holderPort = await holder.play(theatre.casting('holder', 0));
	await theatre.register(holderPort, port);
	await player.tell({ do: 'enqueue', tasks: [task('contested', { stallsMs: 5000 })] });
	await passes();
	await until('the holder works', async () => (await theatre.count(`state = 'running'`)) === 1, 30_000, 5);
	holder.signal('SIGSTOP');
	await theatre.letLeasesRunOut();
	await theatre.register(port);
	await player.tell({ do: 'keep passing' });
	await until('another has won', async () => (await theatre.count(`state = 'succeeded'`)) === 1, 30_000, 20);
	const before = await theatre.history();
	holder.signal('SIGCONT');
	await holder.tell({ do: 'finish' });
	const { history, text: verdict } = await theatre.judge();
	expect(verdict).toBe('nothing to say against this history');
	expect(history.effects).toEqual(before.effects);
	expect(history.tasks).toEqual(before.tasks);
	expect(history.outcomes).toEqual(before.outcomes);
	const byHolder = history.sightings.flatMap((each) =>
		each.what === 'report_answered' && each.by === 'holder' ? [each.outcome] : [],
	);
	expect(byHolder).toEqual(['stale']);
}, 60_000);
