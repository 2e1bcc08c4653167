import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { LlmAnswer, LlmRequest } from '../../core';

const answer = z.object({
	statusCode: z.number().int(),
	// An instance of a class, not a plain record.
	headers: z.looseObject({}).transform(textHeaders),
	body: z.unknown(),
});

/** POSTs JSON by n8n's own client: its proxy and network settings hold. Every status is an answer; redirects are not followed. */
export async function postThrough(
	{ helpers }: Pick<IExecuteFunctions, 'helpers'>,
	{ url, headers, body, timeoutMs }: LlmRequest & { timeoutMs: number },
	cancelled: AbortSignal | undefined,
): Promise<LlmAnswer> {
	const response: unknown = await helpers.httpRequest({
		method: 'POST',
		url,
		headers,
		body: { ...body },
		json: true,
		timeout: timeoutMs,
		disableFollowRedirect: true,
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		...(cancelled === undefined ? {} : { abortSignal: cancelled }),
	});
	const { statusCode, ...rest } = answer.parse(response);
	return { status: statusCode, headers: rest.headers, body: rest.body };
}

function textHeaders(headers: object): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).flatMap(([name, value]) =>
			typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
		),
	);
}
