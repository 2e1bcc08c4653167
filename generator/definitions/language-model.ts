import type { NodeDefinition } from '../definition';
import { ownNode } from './nodes';

const TRIGGER = "$('Task Trigger').item.json";

/** Upper bounds of the answers: an outline of a page, an article of about a thousand words. */
export const OUTLINE_TOKENS = 500;
export const DRAFT_TOKENS = 2000;

/** How the topic of a task reads in a prompt. A topic is a value of an expression, never a part of its source. */
const TOPIC = [
	`Topic: {{ ${TRIGGER}.input.topic }}`,
	`Language: {{ ${TRIGGER}.input.language ?? 'en' }}`,
	`Category: {{ ${TRIGGER}.input.category ?? 'general' }}`,
	`Target keyword: {{ ${TRIGGER}.input.target_keyword ?? '' }}`,
].join('\n');

/** Plain text with expressions in it, so that an operator can change the words in the editor. */
export const PROMPTS = {
	outline: `=Write an outline with five Markdown headings for an article.\n${TOPIC}`,
	draft: `=Write the article in Markdown, with a # title, from this outline. Use the target keyword in the title and early in the text.\n${TOPIC}\n\nOutline:\n{{ $json.outline }}`,
};

/** One request to the model that the orchestrator chose for the execution. */
export function llmNode(
	place: Parameters<typeof ownNode>[0],
	{ prompt, maxTokens, outputField }: { prompt: string; maxTokens: number; outputField: string },
): NodeDefinition {
	const parameters = {
		operation: 'complete',
		prompt,
		maxTokens,
		outputField,
		model: `={{ ${TRIGGER}.model }}`,
		options: {},
	};
	return ownNode(place, 'llmCall', parameters, []);
}
