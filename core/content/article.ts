import { z } from 'zod/v4';
import { InvalidInputError } from '../errors';
import { scoreArticle, wordsOf } from './quality';

/** A finished article as the Content Pipeline publishes it. */
export interface ArticleDraft {
	title: string;
	language: string;
	category: string;
	targetKeyword: string;
	outline: string;
	body: string;
	wordCount: number;
	/** 0–100, see `scoreArticle`. */
	qualityScore: number;
	provider: string;
	model: string;
}

/** `published`: inserted now. `already_published`: an earlier attempt of the same task had done it. `stale`: not ours any more. */
export type PublishAnswer =
	{ outcome: 'published' | 'already_published'; articleId: string } | { outcome: 'stale'; articleId: null };

/** The topic of a content task: what `samples/topics.csv` has a column for. */
export const articleTopic = z.object({
	topic: z.string().min(1),
	language: z.string().min(1).default('en'),
	category: z.string().min(1).default('general'),
	target_keyword: z.string().default(''),
});
export type ArticleTopic = z.infer<typeof articleTopic>;

/** What the model wrote, and which one it was. */
export interface Manuscript {
	outline: string;
	draft: string;
	provider: string;
	model: string;
}

/** Puts outline and draft together: the draft's first heading is the title, else the topic. */
export function assembleArticle(
	topic: ArticleTopic,
	{ outline, draft, provider, model }: Manuscript,
): ArticleDraft {
	const heading = /^#\s+(.+?)\s*$/m.exec(draft);
	const title = heading?.[1] ?? topic.topic;
	const body = draft.replace(heading?.[0] ?? '', '').trim();
	if (body === '') {
		throw new InvalidInputError(
			`The draft for “${topic.topic}” has no text.`,
			'Look at the response of the model: it may have been cut or refused.',
		);
	}
	return {
		title,
		language: topic.language,
		category: topic.category,
		targetKeyword: topic.target_keyword,
		outline,
		body,
		wordCount: wordsOf(body).length,
		qualityScore: scoreArticle({ title, body, targetKeyword: topic.target_keyword }).total,
		provider,
		model,
	};
}
