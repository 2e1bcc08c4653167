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
	cronWorkflow(
		{
			key: 'revenue-optimizer-cron',
			title: 'Revenue Optimizer Cron',
			regions: [
				beginning('every 2 hours'),
				asking(OFFERS.length * MARKETS.length, 'Advice on the price of each offer in each market.'),
				{
					key: 'result',
					title: 'Price advice',
					text: 'One item a market, with the advice on every offer. Send it to whoever sets your prices.',
					color: 1,
				},
			],
			nodes: [
				clock({ key: 'clock', region: 'start', name: 'Every 2 Hours' }, '0 0 */2 * * *'),
				settingsNode('start', { offers: OFFERS, markets: MARKETS }),
				splitNode({ key: 'offers', region: 'start', name: 'One per Offer' }, 'offers', 'offer'),
				splitNode({ key: 'markets', region: 'start', name: 'One per Market' }, 'markets', 'market'),
				fieldsNode(
					{ key: 'prompt', region: 'ask', name: 'Price Prompt' },
					{
						market: '={{ $json.market }}',
						prompt:
							'=Should we change this price? Answer with a new price and one reason.\nTopic: {{ $json.offer }} in {{ $json.market }}',
					},
				),
				chatNode({ key: 'advice', region: 'ask', name: 'Ask for Advice' }, { maxTokens: 300 }),
				fieldsNode(
					{ key: 'collect', region: 'result', name: 'Collect Advice' },
					{
						market: "={{ $('Price Prompt').item.json.market }}",
						advice: SAID,
						tokens: TOKENS,
					},
				),
				summaryNode({ key: 'summary', region: 'result', name: 'Advice per Market' }, 'market', 'advice'),
			],
		},
		context,
	);
