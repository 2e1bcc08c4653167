import { createHash } from 'node:crypto';
import { phrasesIn, type Phrases } from './phrases';
import type { Wish } from './prompt';

/** Longest article; phrases run out before it in some languages, never below 300 words. */
const MOST_WORDS = 560;
/** Sentences under one heading. */
const SECTION_SENTENCES = 3;

/** The text a wish gets: an outline of H2 headings, or a Markdown article. The same prompt always gets the same text. */
export function textFor(wish: Wish, prompt: string): string {
	const draw = drawingFrom(prompt);
	const phrases = phrasesIn(wish.language);
	return wish.kind === 'outline' ? outline(wish, phrases) : draft(wish, phrases, draw);
}

function outline(wish: Wish, phrases: Phrases): string {
	const sections = phrases.headings.map((heading, index) => {
		const hint = phrases.body[index * 2] ?? '';
		return `## ${fill(heading, wish)}\n\n- ${fill(hint, wish)}`;
	});
	return [`# ${titleOf(wish)}`, ...sections].join('\n\n');
}

function draft(wish: Wish, phrases: Phrases, draw: (below: number) => number): string {
	const pool = shuffled(phrases.body, draw);
	const parts = [`# ${titleOf(wish)}`, paragraph(phrases.opening, wish)];
	for (const heading of phrases.headings) {
		if (pool.length === 0 || wordsIn(parts) > MOST_WORDS - 60) break;
		parts.push(`## ${fill(heading, wish)}`, paragraph(pool.splice(0, SECTION_SENTENCES), wish));
	}
	parts.push(paragraph(phrases.closing, wish));
	return parts.join('\n\n');
}

/** A title that carries the keyword, as a search engine's reader expects. */
function titleOf(wish: Wish): string {
	const named = wish.topic.toLowerCase().includes(wish.keyword.toLowerCase());
	return named ? wish.topic : `${wish.topic}: ${wish.keyword}`;
}

const paragraph = (sentences: readonly string[], wish: Wish) =>
	sentences.map((sentence) => capitalised(fill(sentence, wish))).join(' ');

const fill = (phrase: string, wish: Wish) => phrase.replaceAll('{t}', wish.topic).replaceAll('{k}', wish.keyword);

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const wordsIn = (parts: string[]) => parts.join(' ').split(/\s+/).length;

function shuffled(items: readonly string[], draw: (below: number) => number): string[] {
	const rest = [...items];
	const result: string[] = [];
	while (rest.length > 0) result.push(...rest.splice(draw(rest.length), 1));
	return result;
}

/** A stream of numbers that depends on the seed alone. */
function drawingFrom(seed: string): (below: number) => number {
	let counter = 0;
	return (below) => {
		const digest = createHash('sha256').update(`${counter++}:${seed}`).digest();
		return digest.readUInt32BE(0) % below;
	};
}
