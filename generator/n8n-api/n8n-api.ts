import { z } from 'zod/v4';
import { readStopAnswer } from '../../core';
import { OWN_PACKAGE, POSTGRES_CREDENTIAL } from '../catalogue';
import type { ForeignWorkflow } from '../wrap/foreign-workflow';
import { N8nNotFoundError, N8nScopeError, PackageMissingError } from './errors';
import { type ApiAnswer, type ApiRequest, decoded, exchange, TIMEOUT_MS } from './exchange';
import { historyPage, type LiveWorkflow, liveWorkflow, workflowVersion } from './live-workflow';

const page = <T>(item: z.ZodType<T>) =>
	z.object({ data: z.array(item), nextCursor: z.string().nullable().default(null) });

const credential = z.looseObject({ id: z.string(), name: z.string(), type: z.string() });
export type CredentialName = Pick<z.infer<typeof credential>, 'id' | 'name' | 'type'>;

/** What this n8n and this key can do, as n8n itself describes it. */
export interface ApiAbilities {
	scopes: ReadonlySet<string>;
	/** Fields of a node that an update takes; n8n refuses a workflow with any other. */
	nodeFields: ReadonlySet<string>;
}

/** The part of a workflow that wrapping changes; all else stays in n8n and is never sent. */
export type Content = Pick<ForeignWorkflow, 'nodes' | 'connections'>;

/** n8n's public API, as far as this package needs it. Every failure is an error with a stable code. */
export class N8nApi {
	constructor(
		readonly baseUrl: string,
		private readonly apiKey: string,
		private readonly timeoutMs = TIMEOUT_MS,
	) {}

	async workflow(id: string): Promise<LiveWorkflow> {
		return await this.call({ method: 'GET', path: `/workflows/${encodeURIComponent(id)}` }, liveWorkflow);
	}

	/** Every workflow that the key's owner may see, archived ones included; without pinned data. */
	async workflows(): Promise<LiveWorkflow[]> {
		return await this.all('/workflows?limit=100&excludePinnedData=true', liveWorkflow);
	}

	async credentials(): Promise<CredentialName[]> {
		return await this.all('/credentials?limit=100', credential);
	}

	/**
	 * Saves new nodes and connections as a draft; the version that runs goes on. Settings, pinned data, static data,
	 * tags and groups are left out of the request, and n8n keeps what it has of them.
	 */
	async saveDraft(id: string, name: string, { nodes, connections }: Content): Promise<LiveWorkflow> {
		const path = `/workflows/${encodeURIComponent(id)}?publishIfActive=false`;
		return await this.call(
			{ method: 'PUT', path, body: { name, nodes, connections, settings: {} } },
			liveWorkflow,
		);
	}

	/** Publishes exactly this version, whatever the draft is by then. n8n answers before its triggers are live. */
	async publish(id: string, versionId?: string): Promise<void> {
		const body = versionId === undefined ? undefined : { versionId };
		await this.call(
			{ method: 'POST', path: `/workflows/${encodeURIComponent(id)}/activate`, body },
			z.unknown(),
		);
	}

	/** Ids of the latest versions, newest first. */
	async history(id: string): Promise<string[]> {
		const path = `/workflows/${encodeURIComponent(id)}/history?limit=20`;
		return (await this.call({ method: 'GET', path }, historyPage)).data.map(({ versionId }) => versionId);
	}

	async version(id: string, versionId: string): Promise<Content> {
		const path = `/workflows/${encodeURIComponent(id)}/versions/${encodeURIComponent(versionId)}`;
		return await this.call({ method: 'GET', path }, workflowVersion);
	}

	/** Executions that run now; null = the key may not look. */
	async running(workflowId: string): Promise<number | null> {
		const path = `/executions?status=running&limit=100&workflowId=${encodeURIComponent(workflowId)}`;
		try {
			return (await this.call({ method: 'GET', path }, page(z.unknown()))).data.length;
		} catch (error) {
			if (error instanceof N8nScopeError) return null;
			throw error;
		}
	}

	/** Whether it runs no more: stopped now, ended before, or unknown to this n8n. */
	async stopExecution(id: string): Promise<boolean> {
		const request: ApiRequest = { method: 'POST', path: `/executions/${encodeURIComponent(id)}/stop` };
		const answer = await this.exchange(request);
		return (
			readStopAnswer(answer) ??
			decoded(request, answer, z.object({ status: z.string() })).status !== 'running'
		);
	}

	/** Null: an n8n that does not describe itself; then the first request that fails tells. */
	async abilities(): Promise<ApiAbilities | null> {
		const path = '/discover?include=schemas&resource=workflow';
		try {
			const { data } = await this.call({ method: 'GET', path }, discovery);
			const update = data.resources.workflow?.endpoints.find(
				({ operationId }) => operationId === 'updateWorkflow',
			);
			const nodes = Object.keys(update?.requestSchema?.properties.nodes.items.properties ?? {});
			return { scopes: new Set(data.scopes), nodeFields: new Set(nodes) };
		} catch (error) {
			if (error instanceof N8nNotFoundError) return null;
			throw error;
		}
	}

	/** Whether n8n loaded a package with this credential type: the one question about node types that the API answers. */
	async knowsCredentialType(type: string): Promise<boolean> {
		return await this.exists(`/credentials/schema/${encodeURIComponent(type)}`);
	}

	/** Throws with what to do when our nodes are missing in this n8n. */
	async requirePackage(): Promise<void> {
		if (await this.knowsCredentialType(POSTGRES_CREDENTIAL)) return;
		throw new PackageMissingError(
			`n8n at ${this.baseUrl} does not have the package ${OWN_PACKAGE}.`,
			`In its editor open Settings → Community nodes → Install, enter ${OWN_PACKAGE}, then run this again.`,
		);
	}

	async exists(path: string): Promise<boolean> {
		const request: ApiRequest = { method: 'GET', path };
		const answer = await this.exchange(request);
		if (answer.status === 404 && answer.json) return false;
		decoded(request, answer, z.unknown());
		return true;
	}

	/** Any call of the public API. */
	async call<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<T> {
		return decoded(request, await this.exchange(request), schema);
	}

	async exchange(request: ApiRequest): Promise<ApiAnswer> {
		const headers = { 'x-n8n-api-key': this.apiKey };
		return await exchange(
			this.baseUrl,
			{ ...request, path: `/api/v1${request.path}`, headers },
			this.timeoutMs,
		);
	}

	private async all<T>(path: string, item: z.ZodType<T>): Promise<T[]> {
		const found: T[] = [];
		let cursor: string | null = null;
		do {
			const next: string = cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
			const { data, nextCursor } = await this.call({ method: 'GET', path: next }, page(item));
			found.push(...data);
			cursor = nextCursor;
		} while (cursor !== null);
		return found;
	}
}

const endpoint = z.looseObject({
	operationId: z.string(),
	requestSchema: z
		.looseObject({
			properties: z.looseObject({
				nodes: z.looseObject({
					items: z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) }),
				}),
			}),
		})
		.optional()
		.catch(undefined),
});

const discovery = z.object({
	data: z.object({
		scopes: z.array(z.string()),
		resources: z.record(z.string(), z.looseObject({ endpoints: z.array(endpoint) })),
	}),
});
