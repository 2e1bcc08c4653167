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
	| { outcome: 'published' | 'already_published'; articleId: string }
	| { outcome: 'stale'; articleId: null };
