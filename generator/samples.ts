import type { GenerationContext, WorkflowDefinition } from './definition';
import { contentPipelineCron } from './definitions/legacy/content-pipeline';
import { intelligenceEngineCron } from './definitions/legacy/intelligence-engine';
import { revenueOptimizerCron } from './definitions/legacy/revenue-optimizer';
import { seoMonitorCron } from './definitions/legacy/seo-monitor';

/** Four cron workflows from before the orchestrator; alone each keeps the provider's limit, together they break it. */
export const legacySamples = (context: GenerationContext): WorkflowDefinition[] =>
	[contentPipelineCron, revenueOptimizerCron, seoMonitorCron, intelligenceEngineCron].map((define) =>
		define(context),
	);
