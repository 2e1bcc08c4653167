import { idempotencyKey, readTopics } from '../../generator/topics';

const HEADER = 'topic,language,category,priority,target_keyword';
const read = (...rows: string[]) => readTopics([HEADER, ...rows].join('\n'), 'content_pipeline');

test('a row becomes a task with a key that depends on type, topic and language only', () => {
	expect(read('How to Brew: Cold Coffee!,en,drinks,7,cold brew').tasks).toEqual([
		{
			workflowType: 'content_pipeline',
			priority: 7,
			input: {
				topic: 'How to Brew: Cold Coffee!',
				language: 'en',
				category: 'drinks',
				target_keyword: 'cold brew',
			},
			idempotencyKey: 'content_pipeline:how-to-brew-cold-coffee:en',
		},
	]);
});

test.each([
	['a byte order mark', `\uFEFF${HEADER}\nTea,en,drinks,5,tea`],
	['Windows line ends', `${HEADER}\r\nTea,en,drinks,5,tea\r\n`],
	['blank lines and spaces', `${HEADER}\n\n Tea , en , drinks , 5 , tea \n\n`],
	[
		'columns in another order, and one more',
		'priority,extra,target_keyword,topic,category,language\n5,x,tea,Tea,drinks,en',
	],
	['capital letters in the header', 'Topic,Language,Category,Priority,Target_Keyword\nTea,en,drinks,5,tea'],
])('%s changes nothing', (_, text) => {
	const { tasks, problems } = readTopics(text, 'content_pipeline');
	expect(problems).toEqual([]);
	expect(tasks).toEqual(read('Tea,en,drinks,5,tea').tasks);
});

test('commas, quotes and line breaks inside quotes stay text', () => {
	const [task] = read('"Tea, ""green""\nand black",en,drinks,5,').tasks;
	expect(task?.input).toMatchObject({ topic: 'Tea, "green"\nand black', target_keyword: '' });
});

test('scripts other than Latin keep distinct keys', () => {
	expect(idempotencyKey('t', 'お茶の淹れ方', 'ja')).toBe('t:お茶の淹れ方:ja');
	expect(idempotencyKey('t', 'चाय', 'hi')).toBe('t:चाय:hi');
});

test.each([
	['priority', 'Tea,en,drinks,11,tea', '11', 'a whole number from 1 to 10'],
	['priority', 'Tea,en,drinks,high,tea', 'high', 'a whole number from 1 to 10'],
	['priority', 'Tea,en,drinks,,tea', '', 'a whole number from 1 to 10'],
	['topic', ',en,drinks,5,tea', '', 'a topic'],
	[
		'language',
		'Tea,English language,drinks,5,tea',
		'English language',
		'a language code such as en or pt-BR',
	],
	['category', 'Tea,en,,5,tea', '', 'a category'],
	['(all)', 'Tea,en,drinks,5', '4 cells', '5 as in the header'],
])(
	'a bad %s is named with row, value and what was expected, and good rows are kept',
	(column, bad, value, expected) => {
		const { tasks, problems } = read('Coffee,en,drinks,5,coffee', bad, 'Cocoa,en,drinks,5,cocoa');
		expect(problems).toEqual([{ row: 3, column, value, expected }]);
		expect(tasks.map(({ input }) => input.topic)).toEqual(['Coffee', 'Cocoa']);
	},
);

test('a row with several bad cells names each', () => {
	expect(read(',en,drinks,0,tea').problems.map(({ column }) => column)).toEqual(['topic', 'priority']);
});

test('a missing column spoils the file', () => {
	expect(() => readTopics('topic,language\nTea,en', 't')).toThrow(
		'no column category, priority, target_keyword',
	);
	expect(() => readTopics('', 't')).toThrow('it has nothing');
});

test('a topic of punctuation alone is refused: every such row would be the same task', () => {
	expect(read('???,en,drinks,5,tea').problems).toMatchObject([{ row: 2, column: 'topic', value: '???' }]);
});

test('text that is no CSV is refused with its line', () => {
	expect(() => read('"Tea,en,drinks,5,tea')).toThrow(/not CSV.*line/i);
});
