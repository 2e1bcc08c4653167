import type { IDataObject, IWebhookFunctions, WorkflowExecuteMode } from 'n8n-workflow';
import { parseSecret, sign } from '../../core';
import { postgresFields, SECRET } from './engine';

export interface Posted {
	body: object | string;
	/** Signed with this secret; default the right one. */
	secret?: string;
	at?: Date;
	id?: string;
	/** Laid over the signed headers; undefined removes one. */
	headers?: Record<string, string | undefined>;
	/** Sent instead of what was signed. */
	tampered?: string;
}

export interface Door {
	url: string;
	parameters: IDataObject;
	mode?: WorkflowExecuteMode;
	/** The receiver's own secret. */
	ownSecret?: string;
}

export interface Answered {
	status: number;
	body: IDataObject;
	/** Undefined: no execution was started. */
	items: IDataObject[] | undefined;
	logged: string[];
}

/** Calls a node's webhook() as n8n would: raw body, response object, parameters, credentials. */
export async function post(
	node: { webhook(this: IWebhookFunctions): Promise<{ workflowData?: Array<Array<{ json: IDataObject }>> }> },
	door: Door,
	posted: Posted,
): Promise<Answered> {
	const signed = typeof posted.body === 'string' ? posted.body : JSON.stringify(posted.body);
	const headers: Record<string, string | undefined> = {
		...sign({
			id: posted.id ?? 'msg_test',
			at: posted.at ?? new Date(),
			rawBody: signed,
			secrets: [parseSecret(posted.secret ?? SECRET)],
		}),
		...posted.headers,
	};
	const answered: Answered = { status: 0, body: {}, items: undefined, logged: [] };
	const log = (message: string) => void answered.logged.push(message);
	const request: { rawBody?: Buffer; readRawBody(): Promise<void> } = {
		async readRawBody() {
			this.rawBody = Buffer.from(posted.tampered ?? signed);
		},
	};
	const response = {
		setHeader: () => response,
		status(status: number) {
			answered.status = status;
			return response;
		},
		json(body: IDataObject) {
			answered.body = body;
			return response;
		},
	};
	const credentials: Record<string, object> = {
		orchestratorPostgres: postgresFields(door.url),
		orchestratorSigning: { secret: door.ownSecret ?? SECRET, previousSecret: '' },
	};
	const context = {
		getRequestObject: () => request,
		getResponseObject: () => response,
		getHeaderData: () => headers,
		getMode: () => door.mode ?? 'webhook',
		getNode: () => ({ name: 'Door' }),
		getNodeParameter: (name: string) => door.parameters[name],
		getCredentials: async (type: string) => credentials[type],
		logger: { info: log, warn: log, error: log, debug: log },
	};
	const { workflowData } = await node.webhook.call(context as unknown as IWebhookFunctions);
	answered.items = workflowData?.flat().map((item) => item.json);
	return answered;
}
