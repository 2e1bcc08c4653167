import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type INodeType, type INodeTypes, type IRunExecutionData, Workflow } from 'n8n-workflow';
import { buildLlmRequest } from '../../core';
import type { NodeDefinition } from '../../generator/definition';
import { llmNode, PROMPTS } from '../../generator/definitions/language-model';

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
	const reply = { json: { outline: OUTLINE + topic }, pairedItem: { item: 0 } };
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

const limits = { maxTokens: 100, outputField: 'text' };
const nodes: Array<[string, NodeDefinition]> = [
	['the outline', llmNode(place, { ...limits, prompt: PROMPTS.outline })],
	['the draft', llmNode(place, { ...limits, prompt: PROMPTS.draft })],
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

/** The text that each provider would read, as it arrives there. */
function prompts(prompt: unknown): string[] {
	const ask = { prompt: String(prompt), maxTokens: 100 };
	const sent = (provider: 'openai' | 'gemini') => {
		const model = { provider, model: 'any', base_url: 'https://model.example/v1' };
		return JSON.parse(JSON.stringify(buildLlmRequest(model, ask, null).body)) as {
			messages?: Array<{ content: string }>;
			contents?: Array<{ parts: Array<{ text: string }> }>;
		};
	};
	return [sent('openai').messages?.[0]?.content ?? '', sent('gemini').contents?.[0]?.parts[0]?.text ?? ''];
}

describe.each(nodes)('%s', (name, node) => {
	test.each(hostile)('keeps the topic %j as text for either provider', (topic) => {
		for (const prompt of prompts(evaluate(node, 'prompt', topic))) {
			expect(prompt).toContain(`Topic: ${topic}\n`);
			expect(prompt).toContain(`Target keyword: ${topic}`);
			if (name === 'the draft') expect(prompt.endsWith(OUTLINE + topic)).toBe(true);
		}
	});

	test('keeps any topic as text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (topic) => {
				expect(evaluate(node, 'prompt', topic)).toContain(`Topic: ${topic}\n`);
			}),
			{ numRuns: 50 },
		);
	});

	test('the model and its address have no part of the topic', () => {
		expect(evaluate(node, 'model', '/../../evil')).toEqual({
			provider: 'openai',
			model: 'gpt-4o-mini',
			base_url: 'https://api.openai.com/v1',
		});
	});
});
