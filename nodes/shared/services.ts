import { setTimeout as pause } from 'node:timers/promises';
import type { IExecuteFunctions } from 'n8n-workflow';
import type { Orchestrator, SigningSecret } from '../../core';
import type { Services } from './action';
import { postThrough } from './http';
import { openOrchestrator, readLlmAccesses, readN8nAccess, readSecrets } from './orchestrator';

/** The services of one node run, and the hand that gives back what was opened. */
export function createServices(host: IExecuteFunctions): { services: Services; close(): Promise<void> } {
	let orchestrator: Promise<Orchestrator> | undefined;
	let secrets: Promise<SigningSecret[]> | undefined;
	const cancelled = host.getExecutionCancelSignal();
	const services: Services = {
		orchestrator: () => (orchestrator ??= openOrchestrator(host)),
		secrets: () => (secrets ??= readSecrets(host)),
		llm: async () => await readLlmAccesses(host),
		n8nApi: async () => await readN8nAccess(host),
		post: async (request) => await postThrough(host, request, cancelled),
		clock: { now: () => new Date() },
		sleep: async (ms) => {
			await pause(ms, undefined, { signal: cancelled });
		},
		executionId: host.getExecutionId(),
		instanceId: host.getInstanceId(),
		owner: ownerOf(host.getInstanceId(), host.getExecutionId()),
		actor: actorOf(host.getWorkflow().name, host.getExecutionId()),
		timezone: host.getTimezone(),
		manual: host.getMode() === 'manual',
	};
	const close = async () => {
		const opened = await orchestrator?.catch(() => undefined);
		await opened?.close();
	};
	return { services, close };
}

/** Instance and n8n execution: short enough to read in a table, long enough to tell instances apart. */
export function ownerOf(instanceId: string, executionId: string): string {
	return `${instanceId.slice(0, 12)}/${executionId}`;
}

/** Who wants it, as the log and Explain say it. The database takes 200 characters. */
export function actorOf(workflow: string | undefined, executionId: string): string {
	return `${(workflow ?? '').trim().slice(0, 150) || 'Workflow'} (n8n execution ${executionId})`;
}
