import type { GenerationContext, WorkflowDefinition } from '../../definition';
import { baseNode } from '../nodes';
import { asking, beginning, cronWorkflow } from './cron-workflow';
import {
	chatNode,
	clock,
	fieldsNode,
	SAID,
	settingsNode,
	splitNode,
	summaryNode,
	TOKENS,
} from './operators-nodes';

const COMPANIES = [
	'Alder & Sons',
	'Birchwood',
	'Cedarline',
	'Dogwood Labs',
	'Elmhurst',
	'Firth',
	'Greenash',
	'Hazel Works',
	'Ironbark',
	'Juniper',
];
const QUESTIONS = ['new products', 'prices', 'open positions'];

/** Each question about each company. */
export const intelligenceEngineCron = (context: GenerationContext): WorkflowDefinition =>
	cronWorkflow(
		{
			key: 'intelligence-engine-cron',
			title: 'Intelligence Engine Cron',
			regions: [
				beginning('every 6 hours'),
				asking(
					COMPANIES.length * QUESTIONS.length,
					'What is worth knowing, for each company and each question.',
				),
				{
					key: 'result',
					title: 'Briefing',
					text: 'One item a company, its findings as a page of HTML. Send it by e-mail from here.',
					color: 1,
				},
			],
			nodes: [
				clock({ key: 'clock', region: 'start', name: 'Every 6 Hours' }, '0 0 */6 * * *'),
				settingsNode('start', { companies: COMPANIES, questions: QUESTIONS }),
				splitNode({ key: 'companies', region: 'start', name: 'One per Company' }, 'companies', 'company'),
				splitNode({ key: 'questions', region: 'start', name: 'One per Question' }, 'questions', 'question'),
				fieldsNode(
					{ key: 'prompt', region: 'ask', name: 'Research Prompt' },
					{
						company: '={{ $json.company }}',
						prompt:
							'=Summarise in three sentences what a competitor should know.\nTopic: {{ $json.question }} of {{ $json.company }}',
					},
				),
				chatNode({ key: 'research', region: 'ask', name: 'Ask for Research' }, { maxTokens: 300 }),
				fieldsNode(
					{ key: 'collect', region: 'result', name: 'Collect Findings' },
					{
						company: "={{ $('Research Prompt').item.json.company }}",
						finding: SAID,
						tokens: TOKENS,
					},
				),
				summaryNode({ key: 'summary', region: 'result', name: 'Brief per Company' }, 'company', 'finding'),
				baseNode({ key: 'page', region: 'result', name: 'Briefing as HTML', typeVersion: 1 }, 'markdown', {
					mode: 'markdownToHtml',
					markdown: "=# {{ $json.company }}\n\n{{ $json.appended_finding.join('\\n\\n') }}",
					destinationKey: 'html',
					options: {},
				}),
			],
		},
		context,
	);
