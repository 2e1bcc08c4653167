import { z } from 'zod/v4';
import type { Usage } from '../contract';
import { InvalidInputError } from '../errors';

/** What a language model said and what it counted. */
export interface Completion {
	text: string;
	usage: Usage;
}

const openAi = z.object({
	model: z.string().min(1),
	choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
	usage: z.object({ prompt_tokens: z.int().nonnegative(), completion_tokens: z.int().nonnegative() }),
});

const gemini = z.object({
	modelVersion: z.string().min(1),
	candidates: z
		.array(z.object({ content: z.object({ parts: z.array(z.object({ text: z.string().default('') })) }) }))
		.min(1),
	usageMetadata: z.object({
		promptTokenCount: z.int().nonnegative(),
		candidatesTokenCount: z.int().nonnegative().default(0),
		/** Billed as output, reported apart. */
		thoughtsTokenCount: z.int().nonnegative().default(0),
	}),
});

const failure = z.object({ error: z.object({ message: z.string() }) });

/** Reads an answer of OpenAI's chat completions or of Gemini's generateContent; anything else is an InvalidInputError. */
export function readCompletion(response: unknown): Completion {
	const fromOpenAi = openAi.safeParse(response);
	if (fromOpenAi.success) return readOpenAi(fromOpenAi.data);
	const fromGemini = gemini.safeParse(response);
	if (fromGemini.success) return readGemini(fromGemini.data);
	throw new InvalidInputError(
		`The response is neither an OpenAI chat completion nor a Gemini generateContent answer: ${complaint(response)}.`,
		'Check that the address of the model is the provider’s own, version path included.',
	);
}

function readOpenAi(data: z.infer<typeof openAi>): Completion {
	return {
		text: data.choices[0]?.message.content ?? '',
		usage: {
			provider: 'openai',
			model: data.model,
			requests: 1,
			input_tokens: data.usage.prompt_tokens,
			output_tokens: data.usage.completion_tokens,
		},
	};
}

function readGemini(data: z.infer<typeof gemini>): Completion {
	return {
		text: (data.candidates[0]?.content.parts ?? []).map((part) => part.text).join(''),
		usage: {
			provider: 'gemini',
			model: data.modelVersion,
			requests: 1,
			input_tokens: data.usageMetadata.promptTokenCount,
			output_tokens: data.usageMetadata.candidatesTokenCount + data.usageMetadata.thoughtsTokenCount,
		},
	};
}

/** The provider's own message, or the keys that came instead. */
function complaint(response: unknown): string {
	const failed = failure.safeParse(response);
	if (failed.success) return `the provider says “${failed.data.error.message}”`;
	if (typeof response !== 'object' || response === null)
		return `got ${response === null ? 'null' : typeof response}`;
	return `got keys ${Object.keys(response).slice(0, 8).join(', ') || '(none)'}`;
}
