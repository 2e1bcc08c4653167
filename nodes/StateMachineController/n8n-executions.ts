import { z } from 'zod/v4';
import { type N8nAccess, N8nRefusedStopError, type StopExecution } from '../../core';
import type { Services } from '../shared/action';

/** n8n answers within milliseconds; one that does not must not hold the pass up. */
const TIMEOUT_MS = 5000;
/** What says nothing of the execution: no key, no right, too many requests. */
const ABOUT_THE_CALLER: readonly number[] = [401, 403, 429];

const stopped = z.object({ status: z.string() });
/** n8n's own refusals look like this; the error page of whatever else stands at the address does not. */
const refusal = z.object({ message: z.string() });

/** Stops executions by n8n's public API: POST /executions/{id}/stop, scope execution:stop. */
export function stopBy({ baseUrl, apiKey }: N8nAccess, post: Services['post']): StopExecution {
	return async (id) => {
		const { status, body } = await post({
			url: `${baseUrl}/api/v1/executions/${encodeURIComponent(id)}/stop`,
			headers: { 'x-n8n-api-key': apiKey, accept: 'application/json' },
			body: {},
			timeoutMs: TIMEOUT_MS,
		});
		const answer = stopped.safeParse(body);
		if (status === 200 && answer.success) return answer.data.status !== 'running';
		const said = refusal.safeParse(body);
		// It has ended, or this n8n does not know it.
		if (status >= 400 && status < 500 && !ABOUT_THE_CALLER.includes(status) && said.success) return true;
		throw new N8nRefusedStopError(
			`n8n at ${baseUrl} answered ${status} when it was asked to stop execution ${id}, expected 200${said.success ? `: ${said.data.message}` : ''}.`,
			'Check base URL and API key of the credential “Orchestrator n8n API”; the key needs the scope execution:stop.',
		);
	};
}
