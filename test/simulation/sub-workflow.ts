import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod/v4';
import {
	buildCallbackEnvelope,
	type CallbackItem,
	callbackWebhookId,
	type DispatchEnvelope,
	type DispatchItem,
	type Orchestrator,
	parseSecret,
	postByFetch,
	sign,
} from '../../core';
import { type Casting, note, script, type Script, SECRET } from './messages';

/** A report is sent this often; then the lease decides. */
const TRIES = 40;
const BETWEEN_TRIES_MS = 50;

const secrets = [parseSecret(SECRET)];

/** One execution of the sub-workflow after its 202: pre-flight, work, publishing, report; as its tasks' scripts say. */
export async function work(
	dispatch: DispatchEnvelope,
	webhookId: string,
	orchestrator: Orchestrator,
	casting: Casting,
): Promise<void> {
	const ref = { executionId: dispatch.execution_id, epoch: dispatch.epoch };
	const n8nExecutionId = `${casting.name}:${dispatch.execution_id}`;
	if ((await orchestrator.executions.start(ref, n8nExecutionId)) === null) return;
	note(casting.witnessFile, { what: 'work_started', at: Date.now(), by: casting.name, webhookId, ...ref });
	const scripts = dispatch.items.map((item) => script.parse(item.input.script ?? {}));
	const first = dispatch.items.every(({ attempt }) => attempt === 1) && dispatch.epoch === 1;
	await pause(Math.max(...scripts.map(({ workMs }) => workMs)));
	const stallsMs = first ? Math.max(...scripts.map((each) => each.stallsMs)) : 0;
	if (stallsMs > 0) await pause(stallsMs);
	else await orchestrator.executions.renew(ref);
	const outcomes: CallbackItem[] = [];
	for (const [index, item] of dispatch.items.entries()) {
		outcomes.push(await perform(item, scripts[index] ?? script.parse({}), dispatch, orchestrator));
	}
	if (first && scripts.some(({ silent }) => silent)) return;
	const report = (items: CallbackItem[], id?: string) => send(dispatch, n8nExecutionId, items, casting, id);
	const wants = (habit: 'piecemeal' | 'twice' | 'repeats') => scripts.some((each) => each[habit]);
	if (wants('piecemeal') && outcomes.length > 1) await report(outcomes.slice(0, 1));
	await Promise.all(wants('twice') ? [report(outcomes), report(outcomes)] : [report(outcomes)]);
	if (wants('repeats')) await report(outcomes, `again_${dispatch.execution_id}_${dispatch.epoch}`);
	// As the Task Trigger does at the end of every execution: what was reported is not touched by it.
	await orchestrator.executions.abandon(ref, { message: 'the execution ended without a report' });
}

async function perform(
	item: DispatchItem,
	{ fails }: Script,
	{ execution_id: executionId, epoch }: DispatchEnvelope,
	{ content }: Orchestrator,
): Promise<CallbackItem> {
	const base = { task_id: item.task_id, usage: [] };
	if (item.attempt <= fails)
		return { ...base, outcome: 'failed', error: { message: `attempt ${item.attempt} fails` } };
	const ref = { executionId, epoch, taskId: item.task_id, idempotencyKey: item.idempotency_key };
	const { outcome } = await content.publish(ref, article(item.idempotency_key));
	return { ...base, outcome: 'succeeded', result: { published: outcome } };
}

function article(title: string) {
	const text = {
		outline: 'An outline.',
		body: 'Some words.',
		language: 'en',
		category: 'test',
		targetKeyword: 'word',
	};
	return { title, ...text, wordCount: 2, qualityScore: 50, provider: 'openai', model: 'none' };
}

const answered = z.object({ status: z.string() });

/** Posts until somebody answers for good; every try has the same id and a fresh signature. */
async function send(
	dispatch: DispatchEnvelope,
	n8nExecutionId: string,
	items: CallbackItem[],
	casting: Casting,
	id?: string,
): Promise<void> {
	const { execution_id: executionId, epoch, workflow_type: workflowType } = dispatch;
	const envelope = buildCallbackEnvelope({ executionId, epoch, workflowType, n8nExecutionId, items });
	const webhookId = id ?? callbackWebhookId(envelope);
	const seen = {
		by: casting.name,
		webhookId,
		executionId,
		epoch,
		items: items.map(({ task_id, outcome }) => ({ taskId: task_id, outcome })),
	};
	const rawBody = JSON.stringify(envelope);
	for (let tries = 0; tries < TRIES; tries++) {
		note(casting.witnessFile, { what: 'report_sent', at: Date.now(), ...seen });
		const signed = sign({ id: webhookId, at: new Date(), rawBody, secrets });
		const headers = { 'content-type': 'application/json', ...signed };
		const answer = await postByFetch({
			url: dispatch.callback_url,
			headers,
			body: rawBody,
			timeoutMs: 10_000,
		});
		const status = answer.kind === 'response' ? answer.status : null;
		const body = answer.kind === 'response' ? answered.safeParse(safeJson(answer.body)) : undefined;
		const outcome = body?.success ? body.data.status : null;
		note(casting.witnessFile, { what: 'report_answered', at: Date.now(), ...seen, status, outcome });
		if (status !== null && status < 500) return;
		await pause(BETWEEN_TRIES_MS);
	}
}

function safeJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
