import { OperationalError } from 'n8n-workflow';
import { z } from 'zod/v4';
import {
	type CallbackEnvelope,
	callbackWebhookId,
	explainStale,
	type HttpAnswer,
	InvalidInputError,
	postByFetch,
	readRetryAfter,
	sign,
} from '../../core';
import type { Services } from '../shared/action';
import type { TaskItem } from '../shared/flow';

const REQUEST_TIMEOUT_MS = 15_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** `reported`: applied, duplicate or stale. `message`: why it changed nothing. */
export interface Acknowledgement {
	reported: string;
	message?: string;
}
const acknowledgement = z.object({ status: z.string(), reason: z.unknown() });

/**
 * Posts the report until it is acknowledged or the execution's deadline is over; then recovery by lease takes over.
 * Every try has the same webhook-id and a fresh timestamp and signature. Answers with the receiver's word.
 */
export async function deliverReport(
	envelope: CallbackEnvelope,
	{ callbackUrl, deadlineAt }: TaskItem['execution'],
	{ secrets, clock, sleep }: Services,
): Promise<Acknowledgement> {
	const id = callbackWebhookId(envelope);
	const rawBody = JSON.stringify(envelope);
	const keys = await secrets();
	for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
		const signed = sign({ id, at: clock.now(), rawBody, secrets: keys });
		const headers = { 'content-type': 'application/json', ...signed };
		const answer = await postByFetch({
			url: callbackUrl,
			headers,
			body: rawBody,
			timeoutMs: REQUEST_TIMEOUT_MS,
		});
		if (answer.kind === 'response') {
			if (answer.status >= 200 && answer.status < 300) return readAcknowledgement(answer.body);
			if (!isPassing(answer.status)) throw refusal(answer.status);
		}
		const waitMs = Math.max(pauseMs, retryAfterMs(answer, clock.now()));
		if (clock.now().getTime() + waitMs >= deadlineAt.getTime()) throw undelivered(answer);
		await sleep(waitMs);
	}
}

/** Answers that a later try may change. */
function isPassing(status: number): boolean {
	return status >= 500 || status === 429 || status === 408;
}

function retryAfterMs(answer: HttpAnswer, now: Date): number {
	if (answer.kind !== 'response') return 0;
	const at = readRetryAfter(answer.retryAfter, now);
	return at === null ? 0 : at.getTime() - now.getTime();
}

/** A 2xx without our status is not our receiver: the report must not count as delivered. */
function readAcknowledgement(body: string): Acknowledgement {
	const { data } = acknowledgement.safeParse(safeParse(body));
	if (data?.status === 'stale') return { reported: data.status, message: explainStale(data.reason) };
	if (data) return { reported: data.status };
	throw new InvalidInputError(
		'The callback address answered without an acknowledgement.',
		'Check that a published workflow with a Callback Receiver owns this address.',
	);
}

function safeParse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function refusal(status: number): Error {
	const actions: Record<number, string> = {
		401: 'Give sub-workflow and Callback Receiver the same “Orchestrator Signing” secret.',
		404: 'Publish the workflow that holds the Callback Receiver of this deployment.',
		413: 'The result is too large: store it elsewhere and report a reference.',
	};
	const fallback = 'Look at the executions of the workflow that holds the Callback Receiver.';
	return new InvalidInputError(
		`The Callback Receiver refused the report with status ${status}.`,
		actions[status] ?? fallback,
	);
}

function undelivered(answer: HttpAnswer): Error {
	const last = answer.kind === 'response' ? `status ${answer.status}` : `${answer.code}: ${answer.message}`;
	return new OperationalError(
		`The report could not be delivered before the deadline (last answer: ${last}). The tasks are retried when the lease ends.`,
	);
}
