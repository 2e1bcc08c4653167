import type { GenerationContext, WorkflowDefinition } from '../../definition';
import { pairSurvey } from './pair-survey';

const PAGES = ['/', '/pricing', '/features', '/blog', '/about', '/contact'];
const CHECKS = ['title', 'description', 'headings', 'search intent'];

/** Each check on each page. */
export const seoMonitorCron = (context: GenerationContext): WorkflowDefinition =>
	pairSurvey(
		{
			key: 'seo-monitor-cron',
			title: 'SEO Monitor Cron',
			everyHours: 4,
			lists: [
				{ name: 'pages', entry: 'page', entries: PAGES },
				{ name: 'checks', entry: 'check', entries: CHECKS },
			],
			ask: {
				text: 'What to improve, for each page and each check.',
				promptName: 'Check Prompt',
				prompt:
					'Name the most useful improvement for search engines, in two sentences.\nTopic: the {{ $json.check }} of the page {{ $json.page }}',
				chat: { key: 'finding', name: 'Ask for Findings', maxTokens: 200 },
			},
			result: {
				title: 'Findings',
				text: 'One item a page, with the findings of every check. Write them into your backlog from here.',
				collectName: 'Collect Findings',
				answer: 'finding',
				summaryName: 'Findings per Page',
				by: 'page',
			},
		},
		context,
	);
