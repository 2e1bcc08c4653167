import { z } from 'zod/v4';
import { N8nApi } from '../generator/n8n-api/n8n-api';
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

/** The API with a memory of what the host made; the same for our own n8n and the operator's. */
export class N8nClient extends N8nApi {
	constructor(
		baseUrl: string,
		apiKey: string,
		private readonly ledger: N8nLedger,
	) {
		super(baseUrl, apiKey);
	}

	/** False when the API key is not valid (any more). */
	async isAuthorised(): Promise<boolean> {
		const { status } = await this.exchange({ method: 'GET', path: '/workflows?limit=1' });
		return status === 200;
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
			await this.call({ method: 'PUT', path: `/workflows/${known.id}`, body }, withId);
			await this.ledger.remember('workflows', file.name, known.id, hash);
			return { id: known.id, change: 'updated' };
		}
		const { id } = await this.call({ method: 'POST', path: '/workflows', body }, withId);
		await this.ledger.remember('workflows', file.name, id, hash);
		return { id, change: 'created' };
	}

	/** Publishes it unless it is. n8n answers before the webhook is live: wait for the endpoint. */
	async activate(id: string): Promise<boolean> {
		if ((await this.workflow(id)).activeVersionId !== null) return false;
		await this.publish(id);
		return true;
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.call({ method: 'DELETE', path: `/workflows/${id}` }, z.unknown());
	}
}
