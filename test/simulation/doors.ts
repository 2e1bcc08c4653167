import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IWebhookFunctions } from 'n8n-workflow';
import { type DispatchEnvelope, dispatchEnvelope } from '../../core';
import { receiveCallback } from '../../nodes/CallbackReceiver/receive-callback';
import { acceptDispatch } from '../../nodes/TaskTrigger/accept-dispatch';
import { hostOf } from './door-host';
import { type Casting, DEPLOYMENT, note } from './messages';

const TASK_PATH = /^\/task\/(\w+)$/;

/** The doors of Task Trigger and Callback Receiver, each the node's own code, on a port that players may share; they end with the process. */
export async function openDoors(
	casting: Casting,
	port: number,
	onAccepted: (dispatch: DispatchEnvelope, webhookId: string) => void,
): Promise<number> {
	const server = createServer((request, response) => {
		const workflowType = TASK_PATH.exec(request.url ?? '')?.[1];
		const handled =
			workflowType === undefined
				? receive(casting, request, response)
				: accept(casting, workflowType, request, response, onAccepted);
		handled.catch((error) => response.destroy(error));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen({ port, host: '127.0.0.1', reusePort: port !== 0 }, resolve);
	});
	return (server.address() as AddressInfo).port;
}

async function accept(
	casting: Casting,
	workflowType: string,
	request: IncomingMessage,
	response: ServerResponse,
	onAccepted: (dispatch: DispatchEnvelope, webhookId: string) => void,
): Promise<void> {
	const parameters = { deployment: DEPLOYMENT, workflowType };
	const host = hostOf(request, response, parameters, casting.databaseUrl);
	const { workflowData } = await acceptDispatch(host);
	const dispatch = dispatchEnvelope.safeParse(workflowData?.[0]?.[0]?.json.dispatch);
	if (!dispatch.success) return;
	const { execution_id: executionId, epoch } = dispatch.data;
	const webhookId = String(request.headers['webhook-id']);
	note(casting.witnessFile, {
		what: 'dispatch_taken',
		at: Date.now(),
		by: casting.name,
		webhookId,
		executionId,
		epoch,
	});
	onAccepted(dispatch.data, webhookId);
}

async function receive(casting: Casting, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const host = hostOf(request, response, { emit: 'never' }, casting.databaseUrl);
	if (casting.receiver === 'answers before the commit') {
		const answered = new Promise((resolve) => response.once('finish', resolve));
		await host.getRequestObject().readRawBody();
		host.getResponseObject().status(200).json({ status: 'applied' });
		await answered;
		host.getResponseObject = nobody;
	}
	await receiveCallback(host);
}

/** The faulty receiver has answered already: what the node says then reaches nobody. */
function nobody(): ReturnType<IWebhookFunctions['getResponseObject']> {
	const deaf = { setHeader: () => deaf, status: () => deaf, json: () => deaf };
	return deaf as unknown as ReturnType<IWebhookFunctions['getResponseObject']>;
}
