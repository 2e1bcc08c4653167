import { z } from 'zod/v4';
import { type N8nAccess, N8nRefusedStopError, readStopAnswer, type StopExecution } from '../../core';
import type { Services } from '../shared/action';

/** n8n answers within milliseconds; one that does not must not hold the pass up. */
const TIMEOUT_MS = 5000;

const said = z.object({ message: z.string().transform((message) => `: ${message}`) }).catch({ message: '' });

/** Stops executions by n8n's public API. */
export function stopBy({ baseUrl, apiKey }: N8nAccess, post: Services['post']): StopExecution {
	return async (id) => {
		const answer = await post({
			url: `${baseUrl}/api/v1/executions/${encodeURIComponent(id)}/stop`,
			headers: { 'x-n8n-api-key': apiKey, accept: 'application/json' },
			body: {},
			timeoutMs: TIMEOUT_MS,
		});
		const ended = readStopAnswer(answer);
		if (ended !== null) return ended;
		throw new N8nRefusedStopError(
			`n8n at ${baseUrl} answered ${answer.status} when it was asked to stop execution ${id}, expected 200${said.parse(answer.body).message}.`,
			'Check base URL and API key of the credential “Orchestrator n8n API”; the key needs the scope execution:stop.',
		);
	};
}
