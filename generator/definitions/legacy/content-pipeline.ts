import type { GenerationContext, WorkflowDefinition } from '../../definition';
import { baseNode } from '../nodes';
import { asking, beginning, cronWorkflow } from './cron-workflow';
import { chatNode, clock, fieldsNode, SAID, settingsNode, splitNode, TOKENS } from './operators-nodes';

const TOPICS = [
	'How to clean a cast-iron pan',
	'Growing herbs on a north-facing balcony',
	'What a fair rent is',
	'Choosing a bicycle for the city',
	'Baking bread with little time',
];

const TOPIC = "{{ $('Outline Prompt').item.json.topic }}";

/** Five topics, two requests each. */
export const contentPipelineCron = (context: GenerationContext): WorkflowDefinition =>
	cronWorkflow(
		{
			key: 'content-pipeline-cron',
			title: 'Content Pipeline Cron',
			regions: [
				beginning('every 15 minutes'),
				asking(2 * TOPICS.length, 'An outline for each topic, then a draft from the outline.'),
				{
					key: 'result',
					title: 'Drafts',
					text: 'Drafts that the model cut off are left out. Send the others to your site from here.',
					color: 1,
				},
			],
			nodes: [
				clock({ key: 'clock', region: 'start', name: 'Every 15 Minutes' }, '0 */15 * * * *'),
				settingsNode('start', { topics: TOPICS }),
				splitNode({ key: 'topics', region: 'start', name: 'One per Topic' }, 'topics', 'topic'),
				fieldsNode(
					{ key: 'outline-prompt', region: 'ask', name: 'Outline Prompt' },
					{
						topic: '={{ $json.topic }}',
						prompt: '=Write an outline with five Markdown headings for an article.\nTopic: {{ $json.topic }}',
					},
				),
				chatNode({ key: 'outline', region: 'ask', name: 'Write Outline' }, { maxTokens: 500 }),
				fieldsNode(
					{ key: 'draft-prompt', region: 'ask', name: 'Draft Prompt' },
					{
						prompt: `=Write the article in Markdown, with a # title, from this outline.\nTopic: ${TOPIC}\n\nOutline:\n{{ $json.choices[0].message.content }}`,
					},
				),
				chatNode({ key: 'draft', region: 'ask', name: 'Write Draft' }, { maxTokens: 1500 }),
				fieldsNode(
					{ key: 'collect', region: 'result', name: 'Collect Drafts' },
					{
						topic: `=${TOPIC}`,
						draft: SAID,
						ended: '={{ $json.choices[0].finish_reason }}',
						tokens: TOKENS,
					},
				),
				baseNode(
					{ key: 'finished', region: 'result', name: 'Keep Finished', typeVersion: 2.2 },
					'filter',
					FINISHED,
				),
			],
		},
		context,
	);

const FINISHED = {
	conditions: {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		combinator: 'and',
		conditions: [
			{
				id: 'finished',
				leftValue: '={{ $json.ended }}',
				rightValue: 'stop',
				operator: { type: 'string', operation: 'equals' },
			},
		],
	},
	options: {},
};
