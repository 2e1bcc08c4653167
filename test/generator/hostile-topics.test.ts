import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type INodeType, type INodeTypes, type IRunExecutionData, Workflow } from 'n8n-workflow';
import { geminiRequest, openAiRequest, PROMPTS } from '../../generator/definitions/language-model';
import type { NodeDefinition } from '../../generator/definition';

const noType = {
	description: { properties: [], inputs: ['main'], outputs: ['main'] },
} as unknown as INodeType;
const nodeTypes = {
	getByName: () => noType,
	getByNameAndVersion: () => noType,
	getKnownTypes: () => ({}),
} as unknown as INodeTypes;

const place = { region: 'any', key: 'ask', name: 'Ask' };
const OUTLINE = '# Outline';

/** What n8n itself makes of an expression when the Task Trigger emitted this topic. */
function evaluate(node: NodeDefinition, parameter: string, topic: string): unknown {
	const item = {
		json: {
			input: { topic, language: 'en', category: topic, target_keyword: topic },
			model: { provider: 'openai', model: 'gpt-4o-mini', base_url: 'https://api.openai.com/v1' },
		},
		pairedItem: { item: 0 },
	};
	const reply = {
		json: {
			choices: [{ message: { content: OUTLINE + topic } }],
			candidates: [{ content: { parts: [{ text: OUTLINE + topic }] } }],
		},
		pairedItem: { item: 0 },
	};
	const common = { typeVersion: 1, position: [0, 0] as [number, number], parameters: {} };
	const workflow = new Workflow({
		id: createHash('sha256').update(topic).digest('hex').slice(0, 16),
		active: false,
		nodeTypes,
		nodes: [
			{ ...common, id: '1', name: 'Task Trigger', type: 'test.trigger' },
			{ ...common, id: '2', name: 'Ask', type: 'test.ask' },
		],
		connections: { 'Task Trigger': { main: [[{ node: 'Ask', type: 'main', index: 0 }]] } },
	});
	const run = {
		resultData: {
			runData: {
				'Task Trigger': [
					{ startTime: 0, executionTime: 0, executionIndex: 0, source: [], data: { main: [[item]] } },
				],
			},
		},
	} as unknown as IRunExecutionData;
	const value = node.parameters[parameter];
	if (typeof value !== 'string') throw new Error(`${parameter} is no expression`);
	const source = {
		source: { main: [{ previousNode: 'Task Trigger' }] },
		node: { name: 'Ask' },
		data: { main: [[reply]] },
	};
	return workflow.expression.getParameterValue(
		value,
		run,
		0,
		0,
		'Ask',
		[reply],
		'manual',
		{},
		source as never,
	);
}

const requests: Array<[string, NodeDefinition]> = [
	['OpenAI outline', openAiRequest(place, PROMPTS.outline)],
	['OpenAI draft', openAiRequest(place, PROMPTS.draft('$json.choices[0].message.content'))],
	['Gemini outline', geminiRequest(place, PROMPTS.outline)],
	['Gemini draft', geminiRequest(place, PROMPTS.draft('$json.candidates[0].content.parts[0].text'))],
];

const hostile = [
	'"}} {{ $env.X }} \'',
	'{{ 7 * 7 }}',
	"'); process.exit(1); ('",
	'`${process.env.PATH}`',
	'={{ $json }}',
	'line\nbreak\\ and "quotes" and }}',
	'\u2028\u2029\u0000',
	'{{ (function(){ return this.constructor.constructor("return process")() })() }}',
	'</script><script>alert(1)</script>',
];

/** The text that the model would read, wherever the format keeps it. */
function promptIn(body: unknown): string {
	const parsed = JSON.parse(String(body)) as {
		messages?: Array<{ content: string }>;
		contents?: Array<{ parts: Array<{ text: string }> }>;
	};
	return parsed.messages?.[0]?.content ?? parsed.contents?.[0]?.parts[0]?.text ?? '';
}

describe.each(requests)('%s', (name, node) => {
	test.each(hostile)('keeps the topic %j as text in valid JSON', (topic) => {
		const prompt = promptIn(evaluate(node, 'jsonBody', topic));
		expect(prompt).toContain(`Topic: ${topic}\n`);
		expect(prompt).toContain(`Target keyword: ${topic}`);
		if (name.endsWith('draft')) expect(prompt.endsWith(OUTLINE + topic)).toBe(true);
	});

	test('keeps any topic as text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (topic) => {
				expect(promptIn(evaluate(node, 'jsonBody', topic))).toContain(`Topic: ${topic}\n`);
			}),
			{ numRuns: 50 },
		);
	});

	test('the address has no part of the topic', () => {
		expect(evaluate(node, 'url', '/../../evil')).toBe(
			name.startsWith('OpenAI')
				? 'https://api.openai.com/v1/chat/completions'
				: 'https://api.openai.com/v1/models/gpt-4o-mini:generateContent',
		);
	});
});
