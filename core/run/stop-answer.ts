import { z } from 'zod/v4';

/** What says nothing of the execution: no key, no right, too many requests. */
const ABOUT_THE_CALLER: readonly number[] = [401, 403, 429];

const stopped = z.object({ status: z.string() });
/** n8n's own refusals look like this; the error page of whatever else stands at the address does not. */
const refusal = z.object({ message: z.string() });

/**
 * What n8n's public API says to POST /executions/{id}/stop (scope execution:stop). True: the execution runs no more: stopped
 * now, ended before, or unknown to this n8n. False: it still runs. Null: the answer says nothing of it.
 */
export function readStopAnswer({ status, body }: { status: number; body: unknown }): boolean | null {
	const answer = stopped.safeParse(body);
	if (status === 200 && answer.success) return answer.data.status !== 'running';
	const refused = status >= 400 && status < 500 && !ABOUT_THE_CALLER.includes(status);
	return refused && refusal.safeParse(body).success ? true : null;
}
