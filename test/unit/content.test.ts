import { articleTopic, assembleArticle, InvalidInputError, scoreArticle, TARGET_WORDS } from '../../core';

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

	const manuscript = {
		outline: 'Green tea',
		draft: '# Tea\n\nGreen tea is fine.',
		provider: 'openai',
		model: 'gpt-4o-mini',
	};

	test("takes the draft's first heading as title and leaves it out of the body", () => {
		expect(assembleArticle(topic, manuscript)).toMatchObject({
			title: 'Tea',
			body: 'Green tea is fine.',
			outline: 'Green tea',
			wordCount: 4,
			provider: 'openai',
			language: 'en',
		});
	});

	test('uses the topic when the draft has no heading, and refuses a draft without text', () => {
		const plain = { ...manuscript, draft: 'Green tea' };
		expect(assembleArticle(topic, plain).title).toBe('Tea at home');
		const empty = { ...manuscript, draft: '# Only a title' };
		expect(() => assembleArticle(topic, empty)).toThrow(InvalidInputError);
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
