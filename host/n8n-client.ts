import { z } from 'zod/v4';
import { HostError } from './host-error';
import { decoded, exchange, type ApiRequest } from './n8n-http';
import { hashOf, type N8nLedger } from './n8n-ledger';
import { bodyOf, type CredentialIds, type WorkflowFile } from './workflow-file';

export interface CredentialInput {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

/** What became of a thing that should exist. */
export interface Ensured {
	id: string;
	change: 'created' | 'updated' | 'unchanged';
}

const withId = z.looseObject({ id: z.string() });
const workflowState = z.looseObject({ id: z.string(), name: z.string(), active: z.boolean() });
export type WorkflowState = z.infer<typeof workflowState>;

/** n8n's public API, as far as the host needs it; the same for our own n8n and the operator's. */
export class N8nClient {
	constructor(
		readonly baseUrl: string,
		private readonly apiKey: string,
		private readonly ledger: N8nLedger,
	) {}

	/** False when the API key is not valid (any more). */
	async isAuthorised(): Promise<boolean> {
		const { status } = await this.exchange({ method: 'GET', path: '/workflows?limit=1' });
		return status === 200;
	}

	/** Whether n8n loaded a package with this credential type: the one question about node types that the API answers. */
	async knowsCredentialType(type: string): Promise<boolean> {
		return this.exists(`/credentials/schema/${type}`);
	}

	/** Throws with what to do when our nodes are missing in this n8n. */
	async requirePackage(): Promise<void> {
		if (await this.knowsCredentialType('orchestratorPostgres')) return;
		throw new HostError(
			`n8n at ${this.baseUrl} does not have the package n8n-nodes-master-orchestrator.`,
			'In its editor open Settings → Community nodes → Install, enter n8n-nodes-master-orchestrator, then start again.',
		);
	}

	/** Creates the credential, or writes its data when they differ from what was written last. */
	async ensureCredential(input: CredentialInput): Promise<Ensured> {
		const hash = hashOf(input);
		const known = this.ledger.find('credentials', input.name);
		if (known !== null && (await this.exists(`/credentials/${known.id}`))) {
			if (known.hash === hash) return { id: known.id, change: 'unchanged' };
			await this.call({ method: 'PATCH', path: `/credentials/${known.id}`, body: input }, withId);
			await this.ledger.remember('credentials', input.name, known.id, hash);
			return { id: known.id, change: 'updated' };
		}
		const { id } = await this.call({ method: 'POST', path: '/credentials', body: input }, withId);
		await this.ledger.remember('credentials', input.name, id, hash);
		return { id, change: 'created' };
	}

	/** Creates or updates the workflow; a published one stays published, in its new version. */
	async ensureWorkflow(
		file: WorkflowFile,
		bind: { credentials: CredentialIds; errorWorkflow?: string },
	): Promise<Ensured> {
		const body = bodyOf(file, bind);
		const hash = hashOf(body);
		const known = this.ledger.find('workflows', file.name);
		if (known !== null && (await this.exists(`/workflows/${known.id}`))) {
			if (known.hash === hash) return { id: known.id, change: 'unchanged' };
			await this.call({ method: 'PUT', path: `/workflows/${known.id}`, body }, workflowState);
			await this.ledger.remember('workflows', file.name, known.id, hash);
			return { id: known.id, change: 'updated' };
		}
		const { id } = await this.call({ method: 'POST', path: '/workflows', body }, workflowState);
		await this.ledger.remember('workflows', file.name, id, hash);
		return { id, change: 'created' };
	}

	async workflow(id: string): Promise<WorkflowState> {
		return this.call({ method: 'GET', path: `/workflows/${id}` }, workflowState);
	}

	/** Publishes it unless it is. n8n answers before the webhook is live: wait for the endpoint. */
	async activate(id: string): Promise<boolean> {
		if ((await this.workflow(id)).active) return false;
		await this.call({ method: 'POST', path: `/workflows/${id}/activate` }, workflowState);
		return true;
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.call({ method: 'DELETE', path: `/workflows/${id}` }, z.unknown());
	}

	/** Any call of the public API, for tests. */
	async call<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T> {
		return decoded(request, await this.exchange(request), schema);
	}

	private async exists(path: string): Promise<boolean> {
		const request: ApiRequest = { method: 'GET', path };
		const answer = await this.exchange(request);
		if (answer.status === 404) return false;
		decoded(request, answer, z.unknown());
		return true;
	}

	private exchange(request: ApiRequest) {
		const headers = { 'x-n8n-api-key': this.apiKey };
		return exchange(this.baseUrl, { ...request, path: `/api/v1${request.path}`, headers });
	}
}
