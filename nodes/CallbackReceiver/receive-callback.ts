import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { z } from 'zod/v4';
import { type CallbackEnvelope, callbackEnvelope } from '../../core';
import { toJson } from '../shared/json';
import { withOrchestrator } from '../shared/orchestrator';
import { answerWebhook } from '../shared/webhook-door';

const emitParameter = z.enum(['never', 'failures', 'always']);

/** Settles in one transaction and answers 2xx only after COMMIT (S9). A sample is emitted and never settled. */
export async function receiveCallback(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const emit = emitParameter.parse(host.getNodeParameter('emit'));
	return await answerWebhook(host, callbackEnvelope, async ({ envelope, webhookId, testAddress }) => {
		if (testAddress) return { status: 200, body: { status: 'test' }, items: itemsOf(envelope, 'test', []) };
		return await withOrchestrator(host, async ({ executions }) => {
			const { outcome, settledTasks } = await executions.settle(envelope, webhookId);
			if (outcome === 'stale') {
				const ref = { executionId: envelope.execution_id, epoch: envelope.epoch };
				return { status: 200, body: { status: outcome, reason: await executions.whyStale(ref) } };
			}
			const body = { status: outcome };
			if (outcome !== 'applied' || !isWanted(envelope, emit)) return { status: 200, body };
			return { status: 200, body, items: itemsOf(envelope, outcome, settledTasks) };
		});
	});
}

function isWanted({ items }: CallbackEnvelope, emit: z.infer<typeof emitParameter>): boolean {
	if (emit === 'failures') return items.some((item) => item.outcome === 'failed');
	return emit === 'always';
}

function itemsOf(envelope: CallbackEnvelope, outcome: string, settledTasks: string[]) {
	return [[{ json: toJson({ outcome, settledTasks, test: envelope.test, callback: envelope }) }]];
}
