import {
	articleTopic,
	assembleArticle,
	InvalidInputError,
	readCompletion,
	scoreArticle,
	TARGET_WORDS,
} from '../../core';

const openAi = {
	id: 'chatcmpl-1',
	object: 'chat.completion',
	model: 'gpt-4o-mini-2024-07-18',
	choices: [
		{
			index: 0,
			message: { role: 'assistant', content: '# Tea\n\nGreen tea is fine.' },
			finish_reason: 'stop',
		},
	],
	usage: { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 },
};
const gemini = {
	candidates: [
		{ content: { role: 'model', parts: [{ text: 'Green ' }, { text: 'tea' }] }, finishReason: 'STOP' },
	],
	usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 6, thoughtsTokenCount: 7, totalTokenCount: 18 },
	modelVersion: 'gemini-2.0-flash',
};

describe('reading a completion', () => {
	test('of OpenAI gives text and usage', () => {
		expect(readCompletion(openAi)).toEqual({
			text: '# Tea\n\nGreen tea is fine.',
			usage: {
				provider: 'openai',
				model: 'gpt-4o-mini-2024-07-18',
				requests: 1,
				input_tokens: 12,
				output_tokens: 34,
			},
		});
	});

	test('of Gemini joins the parts and counts thoughts as output', () => {
		expect(readCompletion(gemini)).toEqual({
			text: 'Green tea',
			usage: {
				provider: 'gemini',
				model: 'gemini-2.0-flash',
				requests: 1,
				input_tokens: 5,
				output_tokens: 13,
			},
		});
	});

	test.each([
		[{ error: { message: 'Rate limit reached', code: 429 } }, 'the provider says “Rate limit reached”'],
		[{ choices: [] }, 'got keys choices'],
		['text', 'got string'],
		[null, 'got null'],
	])('%j is refused with what came instead', (response, complaint) => {
		expect(() => readCompletion(response)).toThrow(InvalidInputError);
		expect(() => readCompletion(response)).toThrow(complaint);
	});
});

describe('the quality score', () => {
	const filler = Array.from({ length: TARGET_WORDS }, (_, n) => `word${n}`).join(' ');
	const perfect = `# green tea now\n\n## a\n\n## b\n\n## c\n\n${filler} green tea green tea`;

	test('is 100 for an article that has everything, 0 for an empty one', () => {
		expect(
			scoreArticle({ title: 'All about Green Tea', body: perfect, targetKeyword: 'green tea' }).total,
		).toBe(100);
		expect(scoreArticle({ title: '', body: '', targetKeyword: '' }).total).toBe(0);
	});

	test('adds up from length, keyword, structure and variety', () => {
		const parts = scoreArticle({ title: 'Coffee', body: 'tea '.repeat(300), targetKeyword: 'tea' });
		expect(parts).toMatchObject({ length: 20, keyword: 10, structure: 0 });
		expect(parts.variety).toBeLessThan(1);
	});

	test('finds keywords as whole words in any script', () => {
		const keywordPoints = (title: string, targetKeyword: string) =>
			scoreArticle({ title, body: 'x', targetKeyword }).keyword;
		expect(keywordPoints('Die besten Bücher', 'bücher')).toBe(10);
		expect(keywordPoints('Steamers', 'tea')).toBe(0);
	});
});

describe('assembling an article', () => {
	const topic = articleTopic.parse({
		topic: 'Tea at home',
		language: 'en',
		category: 'food',
		target_keyword: 'green tea',
	});

	test("takes the draft's first heading as title and leaves it out of the body", () => {
		expect(assembleArticle(topic, readCompletion(gemini), readCompletion(openAi))).toMatchObject({
			title: 'Tea',
			body: 'Green tea is fine.',
			outline: 'Green tea',
			wordCount: 4,
			provider: 'openai',
			language: 'en',
		});
	});

	test('uses the topic when the draft has no heading, and refuses a draft without text', () => {
		expect(assembleArticle(topic, readCompletion(openAi), readCompletion(gemini)).title).toBe('Tea at home');
		const empty = { ...readCompletion(openAi), text: '# Only a title' };
		expect(() => assembleArticle(topic, empty, empty)).toThrow(InvalidInputError);
	});

	test('ids come from the topic row with defaults for what is missing', () => {
		expect(articleTopic.parse({ topic: 'Tea' })).toEqual({
			topic: 'Tea',
			language: 'en',
			category: 'general',
			target_keyword: '',
		});
	});
});
