import type { NodeDefinition } from '../definition';
import { baseNode } from './nodes';

const TRIGGER = "$('Task Trigger').item.json";

/** Upper bounds of the answers: an outline of a page, an article of about a thousand words. */
const OUTLINE_TOKENS = 500;
const DRAFT_TOKENS = 2000;
/** Generous for a slow model, yet far inside the five minutes that a whole execution has. */
const REQUEST_TIMEOUT_MS = 60_000;

export interface Prompt {
	maxTokens: number;
	/** A JavaScript expression that gives the text; the topic is a value in it, never a part of its source. */
	text: string;
}

/** How the topic of a task reads in a prompt. */
const TOPIC = [
	"'Topic: ' + TASK.input.topic",
	"'Language: ' + (TASK.input.language ?? 'en')",
	"'Category: ' + (TASK.input.category ?? 'general')",
	"'Target keyword: ' + (TASK.input.target_keyword ?? '')",
]
	.join(" + '\\n' + ")
	.replaceAll('TASK', TRIGGER);

export const PROMPTS = {
	outline: {
		maxTokens: OUTLINE_TOKENS,
		text: `'Write an outline with five Markdown headings for an article.\\n' + ${TOPIC}`,
	},
	/** `outline`: where the answer of the first step has its text. */
	draft: (outline: string): Prompt => ({
		maxTokens: DRAFT_TOKENS,
		text: `'Write the article in Markdown, with a # title, from this outline. Use the target keyword in the title and early in the text.\\n' + ${TOPIC} + '\\n\\nOutline:\\n' + ${outline}`,
	}),
};

type Place = Pick<NodeDefinition, 'key' | 'region' | 'name' | 'row' | 'onError'>;

/** OpenAI's chat completions. */
export function openAiRequest(place: Place, { maxTokens, text }: Prompt): NodeDefinition {
	const body = `{ model: ${TRIGGER}.model.model, max_tokens: ${maxTokens}, messages: [{ role: 'user', content: ${text} }] }`;
	return request(place, 'openAiApi', `={{ ${TRIGGER}.model.base_url }}/chat/completions`, body);
}

/** Gemini's generateContent. */
export function geminiRequest(place: Place, { maxTokens, text }: Prompt): NodeDefinition {
	const body = `{ contents: [{ role: 'user', parts: [{ text: ${text} }] }], generationConfig: { maxOutputTokens: ${maxTokens} } }`;
	const url = `={{ ${TRIGGER}.model.base_url }}/models/{{ encodeURIComponent(${TRIGGER}.model.model) }}:generateContent`;
	return request(place, 'googlePalmApi', url, body);
}

/**
 * The whole body is one expression through JSON.stringify: quotes, braces and `{{ }}` in a topic stay characters of a
 * string (the class of CVE-2025-68613). A refused request is not repeated here: the task's own backoff does that (S4).
 */
function request(place: Place, credentialType: string, url: string, body: string): NodeDefinition {
	return baseNode({ ...place, typeVersion: 4.4, credentials: [credentialType] }, 'httpRequest', {
		method: 'POST',
		url,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: credentialType,
		sendBody: true,
		contentType: 'json',
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify(${body}) }}`,
		options: {
			redirect: { redirect: { followRedirects: false } },
			timeout: REQUEST_TIMEOUT_MS,
		},
	});
}
