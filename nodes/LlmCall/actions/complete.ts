import { z } from 'zod/v4';
import {
	buildLlmRequest,
	InvalidInputError,
	LlmUnreachableError,
	modelRef,
	readCompletion,
	readRefusal,
	usage,
} from '../../../core';
import { defineAction, type Services } from '../../shared/action';
import { jsonParameter, toJson } from '../../shared/json';

const parameters = z.object({
	model: jsonParameter(z.union([modelRef, z.record(z.string(), z.never()).transform(() => null)])),
	prompt: z.string().regex(/\S/, 'is empty'),
	maxTokens: z.number().int().min(1).max(1_000_000),
	outputField: z.string().regex(/^[A-Za-z_]\w*$/, 'must be a plain field name'),
	options: z.object({ timeoutSeconds: z.number().min(1).max(600).default(60) }).prefault({}),
});
type Parameters = z.output<typeof parameters>;

const usageSoFar = z.array(usage).catch([]);

/** Asks the model once. A refused request is not repeated here: the task's own backoff does that (S4). */
export const complete = defineAction({
	parameters,
	async perform({ json, parameters: asked }, services) {
		const completion = await ask(asked, services);
		return {
			json: {
				...json,
				[asked.outputField]: completion.text,
				usage: [...usageSoFar.parse(json.usage), completion.usage].map(toJson),
			},
		};
	},
});

async function ask({ model, prompt, maxTokens, options }: Parameters, services: Services) {
	if (model === null) {
		throw new InvalidInputError(
			'The task names no language model: none is enabled.',
			'Enable one: master-orchestrator model set openai --enable.',
		);
	}
	const request = buildLlmRequest(model, { prompt, maxTokens }, await services.llm());
	const answer = await services
		.post({ ...request, timeoutMs: options.timeoutSeconds * 1000 })
		.catch((error: unknown) => {
			throw unreachable(new URL(request.url).origin, error);
		});
	if (answer.status !== 200) throw readRefusal(model, answer, services.clock.now());
	return readCompletion(answer.body);
}

function unreachable(origin: string, error: unknown): LlmUnreachableError {
	const { code, message } = thrown.parse(error);
	return new LlmUnreachableError(
		`The language model at ${origin} did not answer: ${REASONS[code] ?? message}.`,
		'Check the address of the model and the network of this n8n; the task is tried again later.',
	);
}

const thrown = z.object({ code: z.string().catch(''), message: z.string().catch('the request failed') });

/** In words: n8n replaces a message that contains one of these codes by a general one without the address. */
const REASONS: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'nobody listens there',
	ECONNRESET: 'the connection was cut',
	ENOTFOUND: 'its name is unknown',
	EAI_AGAIN: 'its name could not be looked up',
	ETIMEDOUT: 'the connection timed out',
	ECONNABORTED: 'it took too long',
};
