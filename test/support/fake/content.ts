import type { ArticleDraft, ContentPort, ExecutionRef, PublishAnswer } from '../../../core';
import type { World } from './world';

const STALE: PublishAnswer = { outcome: 'stale', articleId: null };

/** The sink in memory: one article a key, and only from the execution that holds its task. */
export class FakeContent implements ContentPort {
	constructor(private readonly world: World) {}

	async publish(
		ref: ExecutionRef & { taskId: string; idempotencyKey: string },
		article: ArticleDraft,
	): Promise<PublishAnswer> {
		const { world } = this;
		const execution = world.executions.get(ref.executionId);
		const task = world.tasks.get(Number(ref.taskId));
		if (execution?.epoch !== ref.epoch || execution.finishedAt !== null) return STALE;
		if (task?.executionId !== ref.executionId || task.idempotencyKey !== ref.idempotencyKey) return STALE;
		const key = `${task.workflowType} ${task.idempotencyKey}`;
		const known = world.articles.get(key);
		if (known) return { outcome: 'already_published', articleId: known.articleId };
		const articleId = String(world.articles.size + 1);
		world.articles.set(key, { ...article, articleId });
		return { outcome: 'published', articleId };
	}
}
