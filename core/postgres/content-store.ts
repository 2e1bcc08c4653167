import { z } from 'zod/v4';
import type { ArticleDraft, PublishAnswer } from '../content/article';
import type { ContentPort } from '../orchestrator';
import type { Gateway } from './gateway';

const publishAnswer: z.ZodType<PublishAnswer> = z.union([
	z.object({ outcome: z.enum(['published', 'already_published']), articleId: z.string() }),
	z.object({ outcome: z.literal('stale'), articleId: z.null() }),
]);

/** Finished content, applied once (S10). */
export class ContentStore implements ContentPort {
	constructor(private readonly gateway: Gateway) {}

	async publish(ref: Parameters<ContentPort['publish']>[0], article: ArticleDraft): Promise<PublishAnswer> {
		const sql = 'select orchestrator.publish_article($1, $2, $3, $4, $5) as answer';
		const values = [ref.executionId, ref.epoch, ref.taskId, ref.idempotencyKey, JSON.stringify(article)];
		return this.gateway.answer(publishAnswer, sql, values);
	}
}
