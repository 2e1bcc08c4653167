import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTopics } from '../../../generator/topics';
import { textFor } from '../../../host/simulator/article-text';
import { readWish } from '../../../host/simulator/prompt';

const sample = readTopics(
	readFileSync(join(__dirname, '../../../samples/topics.csv'), 'utf8'),
	'content_pipeline',
);
const words = (text: string) => text.split(/\s+/).length;

describe('the sample', () => {
	it('has at least 30 good topics in several languages, each with a key of its own', () => {
		expect(sample.problems).toEqual([]);
		expect(sample.tasks.length).toBeGreaterThanOrEqual(30);
		expect(new Set(sample.tasks.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(sample.tasks.length);
		expect(new Set(sample.tasks.map(({ input }) => input.language)).size).toBeGreaterThanOrEqual(4);
	});
});

describe('readWish', () => {
	it.each([
		[
			'Topic: Night trains\nTarget keyword: sleeper\nLanguage: de\nMake an outline.',
			'outline',
			'Night trains',
			'sleeper',
			'de',
		],
		[
			'Write an article about “Night trains” in French. Keyword: "sleeper".',
			'draft',
			'Night trains',
			'sleeper',
			'fr',
		],
		['Topic: Night trains\n\nOutline:\n## One', 'draft', 'Night trains', 'Night trains', 'en'],
	])('reads %j', (prompt, kind, topic, keyword, language) => {
		expect(readWish(prompt)).toEqual({ kind, topic, keyword, language });
	});
});

describe('textFor', () => {
	it.each(sample.tasks.map(({ input }) => [input]))('makes an outline and an article about %j', (input) => {
		const prompt = `Topic: ${input.topic}\nLanguage: ${input.language}\nTarget keyword: ${input.target_keyword}\n`;
		const outline = textFor(readWish(prompt), prompt);
		const draftPrompt = `${prompt}Write the article.`;
		const draft = textFor(readWish(draftPrompt), draftPrompt);
		expect(outline.match(/^## /gm)?.length).toBeGreaterThanOrEqual(5);
		expect(draft.match(/^## /gm)?.length).toBeGreaterThanOrEqual(4);
		expect(draft.toLowerCase()).toContain(String(input.target_keyword).toLowerCase());
		expect(words(draft)).toBeGreaterThanOrEqual(300);
		expect(words(draft)).toBeLessThanOrEqual(620);
		expect(textFor(readWish(draftPrompt), draftPrompt)).toBe(draft);
	});
});
