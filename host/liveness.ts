import { setTimeout as sleep } from 'node:timers/promises';
import type { Orchestrator } from '../core';
import { HostError } from './host-error';

/** An address that must announce itself and answer before work can flow. */
export interface ExpectedEndpoint {
	kind: 'task' | 'callback';
	workflowType: string | null;
}

export interface LivenessQuery {
	deployment: string;
	endpoints: ExpectedEndpoint[];
	timeoutMs: number;
	signal?: AbortSignal;
}

/** The addresses of phase 2's workflows. */
export const PHASE_2_ENDPOINTS: ExpectedEndpoint[] = [
	{ kind: 'callback', workflowType: null },
	{ kind: 'task', workflowType: 'content_pipeline' },
];

/** Waits until every expected endpoint is registered and refuses an unsigned request with 401, as only our nodes do. */
export async function untilLive(orchestrator: Orchestrator, query: LivenessQuery): Promise<void> {
	const deadline = performance.now() + query.timeoutMs;
	for (const endpoint of query.endpoints) {
		for (;;) {
			query.signal?.throwIfAborted();
			const url = await orchestrator.endpoints.find({ ...endpoint, deployment: query.deployment, test: false });
			const seen = url === null ? 'it is not registered' : await refusesUnsigned(url);
			if (seen === true) break;
			if (performance.now() > deadline) throw notLive(endpoint, seen);
			await sleep(150);
		}
	}
}

/** True, or what came instead. */
async function refusesUnsigned(url: string): Promise<true | string> {
	try {
		const response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{}',
			redirect: 'manual',
			signal: AbortSignal.timeout(5000),
		});
		await response.arrayBuffer();
		return response.status === 401 || `${url} answers ${response.status}, expected 401`;
	} catch (error) {
		return `${url} does not answer (${error instanceof Error ? error.message : String(error)})`;
	}
}

const notLive = ({ kind, workflowType }: ExpectedEndpoint, seen: string) =>
	new HostError(
		`The ${workflowType === null ? kind : `${kind} endpoint of ${workflowType}`} did not become live: ${seen}.`,
		'Open the workflow in the editor and publish it again; n8n’s log has the reason.',
	);
