import type { GenerationContext, WorkflowDefinition } from '../../definition';
import { pairSurvey } from './pair-survey';

const OFFERS = [
	'Starter, 9 a month',
	'Team, 29 a month',
	'Business, 99 a month',
	'Training day, 450',
	'Audit, 1200',
];
const MARKETS = ['Germany', 'France', 'Spain', 'United States'];

/** Each offer in each market. */
export const revenueOptimizerCron = (context: GenerationContext): WorkflowDefinition =>
	pairSurvey(
		{
			key: 'revenue-optimizer-cron',
			title: 'Revenue Optimizer Cron',
			everyHours: 2,
			lists: [
				{ name: 'offers', entry: 'offer', entries: OFFERS },
				{ name: 'markets', entry: 'market', entries: MARKETS },
			],
			ask: {
				text: 'Advice on the price of each offer in each market.',
				promptName: 'Price Prompt',
				prompt:
					'Should we change this price? Answer with a new price and one reason.\nTopic: {{ $json.offer }} in {{ $json.market }}',
				chat: { key: 'advice', name: 'Ask for Advice', maxTokens: 300 },
			},
			result: {
				title: 'Price advice',
				text: 'One item a market, with the advice on every offer. Send it to whoever sets your prices.',
				collectName: 'Collect Advice',
				answer: 'advice',
				summaryName: 'Advice per Market',
				by: 'market',
			},
		},
		context,
	);
