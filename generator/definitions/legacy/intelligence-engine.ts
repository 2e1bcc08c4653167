import type { GenerationContext, WorkflowDefinition } from '../../definition';
import { baseNode } from '../nodes';
import { pairSurvey } from './pair-survey';

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
	pairSurvey(
		{
			key: 'intelligence-engine-cron',
			title: 'Intelligence Engine Cron',
			everyHours: 6,
			lists: [
				{ name: 'companies', entry: 'company', entries: COMPANIES },
				{ name: 'questions', entry: 'question', entries: QUESTIONS },
			],
			ask: {
				text: 'What is worth knowing, for each company and each question.',
				promptName: 'Research Prompt',
				prompt:
					'Summarise in three sentences what a competitor should know.\nTopic: {{ $json.question }} of {{ $json.company }}',
				chat: { key: 'research', name: 'Ask for Research', maxTokens: 300 },
			},
			result: {
				title: 'Briefing',
				text: 'One item a company, its findings as a page of HTML. Send it by e-mail from here.',
				collectName: 'Collect Findings',
				answer: 'finding',
				summaryName: 'Brief per Company',
				by: 'company',
				then: [PAGE],
			},
		},
		context,
	);

const PAGE = baseNode(
	{ key: 'page', region: 'result', name: 'Briefing as HTML', typeVersion: 1 },
	'markdown',
	{
		mode: 'markdownToHtml',
		markdown: "=# {{ $json.company }}\n\n{{ $json.appended_finding.join('\\n\\n') }}",
		destinationKey: 'html',
		options: {},
	},
);
