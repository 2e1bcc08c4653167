import { SIGNING_CREDENTIAL } from '../catalogue';
import type { GenerationContext, NodeDefinition, WorkflowDefinition } from '../definition';
import { DRAFT_TOKENS, llmNode, OUTLINE_TOKENS, PROMPTS } from './language-model';
import { ownNode, settings, signedNode, webhookPath, workflowName } from './nodes';

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
				lanes: [0, 0],
			},
			{
				key: 'write',
				title: 'Write',
				text: 'An outline first, then the draft. OpenAI and Gemini want a key: choose your Orchestrator LLM credential in both nodes. A model server of your own needs none.',
				color: 5,
				lanes: [0, 0],
			},
			{
				key: 'publish',
				title: 'Score, publish, report',
				text: 'Puts the article together, scores its form, and publishes it once, however often a task is tried. The report settles the task.',
				color: 1,
				lanes: [0, 0],
				// One column stays free, so that failures pass beside the names under these nodes.
				columns: [4, 6],
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
			llmNode(
				// Staggered, so that its failures do not run behind the next node.
				{ key: 'outline', region: 'write', name: 'Write Outline', row: 1, onError: 'continueErrorOutput' },
				{ prompt: PROMPTS.outline, maxTokens: OUTLINE_TOKENS, outputField: 'outline' },
			),
			llmNode(
				{ key: 'draft', region: 'write', name: 'Write Draft', onError: 'continueErrorOutput' },
				{ prompt: PROMPTS.draft, maxTokens: DRAFT_TOKENS, outputField: 'draft' },
			),
			ownNode(
				{ key: 'assemble', region: 'publish', name: 'Assemble and Score', onError: 'continueErrorOutput' },
				'contentArticle',
				{
					operation: 'assemble',
					outline: '={{ $json.outline }}',
					draft: '={{ $json.draft }}',
					usage: '={{ $json.usage }}',
					task: TASK,
				},
				[],
			),
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
			{ from: 'task-trigger', to: 'outline' },
			{ from: 'outline', to: 'draft' },
			{ from: 'draft', to: 'assemble' },
			{ from: 'assemble', to: 'publish' },
			{ from: 'publish', to: 'report' },
			...['outline', 'draft', 'assemble', 'publish'].map((from) => ({
				from,
				output: 'error',
				to: 'report-failures',
			})),
		],
	};
}

function report(place: Parameters<typeof ownNode>[0], outcome: 'succeeded' | 'failed'): NodeDefinition {
	const result =
		'={{ ({ article_id: $json.published.articleId, published: $json.published.outcome, title: $json.article.title, word_count: $json.article.wordCount, quality_score: $json.article.qualityScore }) }}';
	const parameters = {
		operation: 'report',
		outcome,
		...(outcome === 'succeeded' ? { result } : {}),
		usage: '={{ $json.usage ?? [] }}',
		...(outcome === 'failed' ? { retry: '={{ $json.details?.retry ?? {} }}' } : {}),
		task: TASK,
	};
	return ownNode(place, 'taskReport', parameters, [SIGNING_CREDENTIAL]);
}
