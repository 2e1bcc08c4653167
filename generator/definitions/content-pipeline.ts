import type { GenerationContext, NodeDefinition, WorkflowDefinition } from '../definition';
import { geminiRequest, openAiRequest, PROMPTS } from './language-model';
import { baseNode, ownNode, settings, signedNode, webhookPath, workflowName } from './nodes';

const TASK = "={{ $('Task Trigger').item.json }}";

/**
 * One execution carries 1–10 topics. Success data is kept: it holds what the model said, which is what an operator
 * looks for when an article is odd, and it is one n8n execution for several articles, not one for each heartbeat.
 */
export function contentPipeline({ deployment, timezone }: GenerationContext): WorkflowDefinition {
	return {
		key: 'content-pipeline',
		name: workflowName('Content Pipeline', deployment),
		// The limit of the work (S2): n8n stops the execution when its deadline is over anyway.
		settings: settings(timezone, { saveDataSuccessExecution: 'all', executionTimeout: 300 }),
		regions: [
			{
				key: 'receive',
				title: 'Receive tasks',
				text: 'Takes signed tasks from the Master Orchestrator and answers at once. One item is one topic. The Master has chosen the language model.',
				color: 4,
				lanes: [0, 1],
			},
			{
				key: 'openai',
				title: 'Write with OpenAI',
				text: 'An outline first, then the draft. Uses your OpenAI credential.',
				color: 5,
				lanes: [0, 0],
			},
			{
				key: 'gemini',
				title: 'Write with Gemini',
				text: 'The same two steps. Uses your Google Gemini credential.',
				color: 6,
				lanes: [1, 1],
			},
			{
				key: 'publish',
				title: 'Score, publish, report',
				text: 'Puts the article together, scores its form, and publishes it once, however often a task is tried. The report settles the task.',
				color: 1,
				lanes: [0, 0],
				// One column stays free, so that failures pass beside the names under these nodes.
				columns: [5, 7],
			},
			{
				key: 'failed',
				title: 'Failures',
				text: 'Reported at once. The orchestrator tries the task again later.',
				color: 3,
				lanes: [1, 1],
			},
		],
		nodes: [
			signedNode({ key: 'task-trigger', region: 'receive', name: 'Task Trigger' }, 'taskTrigger', {
				deployment,
				workflowType: 'content_pipeline',
				path: webhookPath(deployment, 'content-pipeline'),
				options: {},
			}),
			chooseModel(),
			...writers(),
			{
				...ownNode(
					{ key: 'assemble', region: 'publish', name: 'Assemble and Score', onError: 'continueErrorOutput' },
					'contentArticle',
					{
						operation: 'assemble',
						outlineResponse:
							"={{ $('OpenAI Outline').isExecuted ? $('OpenAI Outline').item.json : $('Gemini Outline').item.json }}",
						draftResponse: '={{ $json }}',
						task: TASK,
					},
				),
				credentials: [],
			},
			ownNode(
				{ key: 'publish', region: 'publish', name: 'Publish Article', onError: 'continueErrorOutput' },
				'contentArticle',
				{
					operation: 'publish',
					task: TASK,
					article: '={{ $json.article }}',
				},
			),
			report({ key: 'report', region: 'publish', name: 'Report Results' }, 'succeeded'),
			report({ key: 'report-failures', region: 'failed', name: 'Report Failures' }, 'failed'),
		],
		edges: [
			{ from: 'task-trigger', to: 'choose-model' },
			{ from: 'choose-model', output: 'true', to: 'openai-outline' },
			{ from: 'choose-model', output: 'false', to: 'gemini-outline' },
			{ from: 'openai-outline', to: 'openai-draft' },
			{ from: 'openai-draft', to: 'assemble' },
			{ from: 'gemini-outline', to: 'gemini-draft' },
			{ from: 'gemini-draft', to: 'assemble' },
			{ from: 'assemble', to: 'publish' },
			{ from: 'publish', to: 'report' },
			...['openai-outline', 'openai-draft', 'gemini-outline', 'gemini-draft', 'assemble', 'publish'].map(
				(from) => ({
					from,
					output: 'error',
					to: 'report-failures',
				}),
			),
		],
	};
}

/** Rows are staggered, so that a failure's edge never runs behind the next node. */
function writers(): NodeDefinition[] {
	const openAi = { region: 'openai', onError: 'continueErrorOutput' } as const;
	const gemini = { region: 'gemini', onError: 'continueErrorOutput' } as const;
	return [
		openAiRequest({ ...openAi, key: 'openai-outline', name: 'OpenAI Outline', row: 1 }, PROMPTS.outline),
		openAiRequest(
			{ ...openAi, key: 'openai-draft', name: 'OpenAI Draft' },
			PROMPTS.draft('$json.choices[0].message.content'),
		),
		geminiRequest({ ...gemini, key: 'gemini-outline', name: 'Gemini Outline' }, PROMPTS.outline),
		geminiRequest(
			{ ...gemini, key: 'gemini-draft', name: 'Gemini Draft', row: 1 },
			PROMPTS.draft('$json.candidates[0].content.parts[0].text'),
		),
	];
}

function chooseModel(): NodeDefinition {
	return baseNode({ key: 'choose-model', region: 'receive', name: 'OpenAI?', typeVersion: 2.3 }, 'if', {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 3 },
			conditions: [
				{
					id: 'provider-is-openai',
					leftValue: "={{ $json.model?.provider ?? '' }}",
					rightValue: 'openai',
					operator: { type: 'string', operation: 'equals' },
				},
			],
			combinator: 'and',
		},
		options: {},
	});
}

function report(place: Parameters<typeof signedNode>[0], outcome: 'succeeded' | 'failed'): NodeDefinition {
	const result =
		'={{ ({ article_id: $json.published.articleId, published: $json.published.outcome, title: $json.article.title, word_count: $json.article.wordCount, quality_score: $json.article.qualityScore }) }}';
	return {
		...signedNode(place, 'taskReport', {
			operation: 'report',
			outcome,
			...(outcome === 'succeeded' ? { result } : {}),
			usage: '={{ $json.usage ?? [] }}',
			task: TASK,
		}),
		credentials: ['orchestratorSigning'],
	};
}
