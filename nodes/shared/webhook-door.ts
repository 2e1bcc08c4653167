import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import type { z } from 'zod/v4';
import { DatabaseBusyError, DatabaseUnreachableError, verify } from '../../core';
import { explain, readIssues } from './node-error';
import { readSecrets } from './orchestrator';

/** What a webhook of ours says; `items` start an execution, none = no execution. */
export interface DoorAnswer {
	status: number;
	body: object;
	items?: IWebhookResponseData['workflowData'];
}

/** A message whose signature was checked before anything was parsed. */
export interface VerifiedMessage<E> {
	envelope: E;
	webhookId: string;
	/** Came to the editor's test address. */
	testAddress: boolean;
}

/** The same for every unsigned, wrongly signed, stale or unverifiable request: it tells a stranger nothing. */
const UNAUTHORIZED: DoorAnswer = {
	status: 401,
	body: refusal(
		'MO_UNAUTHORIZED',
		'The request carries no valid signature.',
		'Sign it with the shared secret, now.',
	),
};

/**
 * The door of Task Trigger and Callback Receiver: verifies the raw bytes, then parses, then lets samples only to test
 * addresses and real messages only to production addresses; `handle` sees what is left.
 */
export async function answerWebhook<S extends z.ZodType<{ test: boolean }>>(
	host: IWebhookFunctions,
	schema: S,
	handle: (message: VerifiedMessage<z.output<S>>) => Promise<DoorAnswer>,
): Promise<IWebhookResponseData> {
	const { status, body, items } = await decide(host, schema, handle);
	const response = host.getResponseObject();
	if (status === 503) response.setHeader('retry-after', '1');
	response.status(status).json(body);
	return { noWebhookResponse: true, ...(items === undefined ? {} : { workflowData: items }) };
}

async function decide<S extends z.ZodType<{ test: boolean }>>(
	host: IWebhookFunctions,
	schema: S,
	handle: (message: VerifiedMessage<z.output<S>>) => Promise<DoorAnswer>,
): Promise<DoorAnswer> {
	try {
		const rawBody = await readRawBody(host);
		const webhookId = rawBody === null ? null : await signerOf(host, rawBody);
		if (rawBody === null || webhookId === null) return UNAUTHORIZED;
		const parsed = schema.safeParse(parseJson(rawBody));
		if (!parsed.success) {
			const message = `The body is not an envelope of this version: ${readIssues(parsed.error)}`;
			return {
				status: 400,
				body: refusal('MO_INVALID_ENVELOPE', message, 'Use the same package version on both sides.'),
			};
		}
		const testAddress = host.getMode() === 'manual';
		if (parsed.data.test !== testAddress) return wrongAddress(testAddress);
		return await handle({ envelope: parsed.data, webhookId, testAddress });
	} catch (error) {
		return failure(host, error);
	}
}

/** The verified webhook-id, or null. A missing secret fails closed and is told to the operator's log only. */
async function signerOf(host: IWebhookFunctions, rawBody: Buffer): Promise<string | null> {
	try {
		const secrets = await readSecrets(host);
		const verification = verify({ headers: host.getHeaderData(), rawBody, secrets, now: new Date() });
		return verification.verified ? verification.id : null;
	} catch (error) {
		host.logger.error(`Signature not checked, request refused: ${explain(error).message}`);
		return null;
	}
}

async function readRawBody(host: IWebhookFunctions): Promise<Buffer | null> {
	const request = host.getRequestObject();
	await request.readRawBody();
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : null;
}

function parseJson(rawBody: Buffer): unknown {
	try {
		return JSON.parse(rawBody.toString('utf8'));
	} catch {
		return undefined;
	}
}

/** Nothing was touched: a sample must not settle anything, and a real message must not get lost in an editor tab. */
function wrongAddress(testAddress: boolean): DoorAnswer {
	const [message, action] = testAddress
		? ['This is a test address, it takes only samples.', 'Send real messages to the production address.']
		: [
				'This is a production address, it takes no samples.',
				'Send samples to the test address of the editor.',
			];
	return { status: 409, body: refusal('MO_WRONG_ADDRESS', message, action) };
}

function failure(host: IWebhookFunctions, error: unknown): DoorAnswer {
	const { code, message, action } = explain(error);
	host.logger.error(`Webhook of “${host.getNode().name}” failed: ${message}`);
	const passing = error instanceof DatabaseBusyError || error instanceof DatabaseUnreachableError;
	const status = passing ? 503 : 500;
	if (code === 'MO_UNEXPECTED') {
		const text = 'The message could not be processed.';
		return { status, body: refusal(code, text, 'Look at the log of the receiving n8n.') };
	}
	return { status, body: refusal(code, message, action) };
}

function refusal(code: string, message: string, action: string): object {
	return { error: { code, message, action } };
}
