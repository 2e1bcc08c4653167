import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { SECRET } from './messages';

/** The connection as the credential Orchestrator Postgres has it. */
function postgresFields(address: string): IDataObject {
	const { hostname: host, port, pathname, username, password } = new URL(address);
	return {
		host,
		port: Number(port),
		database: pathname.slice(1),
		user: decodeURIComponent(username),
		password: decodeURIComponent(password),
		ssl: 'disable',
	};
}

/** What n8n hands to a node's webhook(), over a real request and a real answer. */
export function hostOf(
	request: IncomingMessage,
	response: ServerResponse,
	parameters: IDataObject,
	databaseUrl: string,
): IWebhookFunctions {
	const incoming = {
		rawBody: undefined as Buffer | undefined,
		async readRawBody() {
			this.rawBody ??= await buffer(request);
		},
	};
	const outgoing = {
		setHeader: (name: string, value: string) => response.setHeader(name, value),
		status(code: number) {
			response.statusCode = code;
			return outgoing;
		},
		json(body: object) {
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(body));
		},
	};
	const credentials: Record<string, IDataObject> = {
		orchestratorPostgres: postgresFields(databaseUrl),
		orchestratorSigning: { secret: SECRET, previousSecret: '' },
	};
	const silent = () => undefined;
	const host = {
		getRequestObject: () => incoming,
		getResponseObject: () => outgoing,
		getHeaderData: () => request.headers,
		getMode: () => 'webhook',
		getNode: () => ({ name: 'Door' }),
		getNodeParameter: (name: string) => parameters[name],
		getCredentials: async (type: string) => credentials[type],
		logger: { info: silent, warn: silent, error: silent, debug: silent },
	};
	return host as unknown as IWebhookFunctions;
}
