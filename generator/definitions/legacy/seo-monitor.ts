import type { GenerationContext, WorkflowDefinition } from '../../definition';
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

const PAGES = ['/', '/pricing', '/features', '/blog', '/about', '/contact'];
const CHECKS = ['title', 'description', 'headings', 'search intent'];

/** Each check on each page. */
export const seoMonitorCron = (context: GenerationContext): WorkflowDefinition =>
	cronWorkflow(
		{
			key: 'seo-monitor-cron',
			title: 'SEO Monitor Cron',
			regions: [
				beginning('every 4 hours'),
				asking(PAGES.length * CHECKS.length, 'What to improve, for each page and each check.'),
				{
					key: 'result',
					title: 'Findings',
					text: 'One item a page, with the findings of every check. Write them into your backlog from here.',
					color: 1,
				},
			],
			nodes: [
				clock({ key: 'clock', region: 'start', name: 'Every 4 Hours' }, '0 0 */4 * * *'),
				settingsNode('start', { pages: PAGES, checks: CHECKS }),
				splitNode({ key: 'pages', region: 'start', name: 'One per Page' }, 'pages', 'page'),
				splitNode({ key: 'checks', region: 'start', name: 'One per Check' }, 'checks', 'check'),
				fieldsNode(
					{ key: 'prompt', region: 'ask', name: 'Check Prompt' },
					{
						page: '={{ $json.page }}',
						prompt:
							'=Name the most useful improvement for search engines, in two sentences.\nTopic: the {{ $json.check }} of the page {{ $json.page }}',
					},
				),
				chatNode({ key: 'finding', region: 'ask', name: 'Ask for Findings' }, { maxTokens: 200 }),
				fieldsNode(
					{ key: 'collect', region: 'result', name: 'Collect Findings' },
					{
						page: "={{ $('Check Prompt').item.json.page }}",
						finding: SAID,
						tokens: TOKENS,
					},
				),
				summaryNode({ key: 'summary', region: 'result', name: 'Findings per Page' }, 'page', 'finding'),
			],
		},
		context,
	);
