import { z } from 'zod/v4';
import { explainStale } from '../../../core';
import { defineAction } from '../../shared/action';
import { taskItem } from '../../shared/flow';
import { jsonParameter, toJson } from '../../shared/json';

const article = z.object({
	title: z.string().min(1),
	language: z.string().min(1),
	category: z.string().min(1),
	targetKeyword: z.string(),
	outline: z.string(),
	body: z.string().min(1),
	wordCount: z.number().int().nonnegative(),
	qualityScore: z.number().min(0).max(100),
	provider: z.string().min(1),
	model: z.string().min(1),
});

/** Publishes once per task, however often it is tried, and only while the execution is still in force (S10). */
export const publish = defineAction({
	parameters: z.object({ task: jsonParameter(taskItem), article: jsonParameter(article) }),
	async perform({ json, parameters: { task, article } }, { orchestrator }) {
		if (task.test) {
			return { json: { ...json, published: { outcome: 'test', articleId: null } } };
		}
		const { content, executions } = await orchestrator();
		const ref = { executionId: task.execution.id, epoch: task.execution.epoch };
		const { id: taskId, idempotencyKey } = task.task;
		const published = await content.publish({ ...ref, taskId, idempotencyKey }, article);
		if (published.outcome !== 'stale') return { json: { ...json, published: toJson(published) } };
		const reason = await executions.whyStale(ref);
		const message =
			reason === null ? 'The task is settled, or is none of this execution.' : explainStale(reason);
		return { json: { ...json, published: { ...published, message } } };
	},
});
