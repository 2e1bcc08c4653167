/** A body this long gets all points for length. */
export const TARGET_WORDS = 600;

/** Points for each part; they add up to 100. */
export interface QualityScore {
	/** 0–100, rounded. */
	total: number;
	/** 0–40: words, linear up to 600. */
	length: number;
	/** 0–30: keyword in the title (10), in the first 100 words (10), at 0.3–3 % of the words (10). */
	keyword: number;
	/** 0–20: 5 for each Markdown heading in the body, at most 4. */
	structure: number;
	/** 0–10: distinct words among the first 300; all points from 40 % on. */
	variety: number;
}

/** A first, simple and reproducible quality score. It judges form, not truth. */
export function scoreArticle(article: { title: string; body: string; targetKeyword: string }): QualityScore {
	const words = wordsOf(article.body);
	const length = 40 * Math.min(1, words.length / TARGET_WORDS);
	const keyword = scoreKeyword(article.title, article.body, words, article.targetKeyword);
	const structure = Math.min(20, 5 * headings(article.body));
	const variety = scoreVariety(words.slice(0, 300));
	return { total: Math.round(length + keyword + structure + variety), length, keyword, structure, variety };
}

/** Words are runs of letters, digits and inner apostrophes or hyphens, in any script, lower case. */
export function wordsOf(text: string): string[] {
	return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
}

function scoreKeyword(title: string, body: string, words: string[], targetKeyword: string): number {
	const keyword = wordsOf(targetKeyword).join(' ');
	if (keyword === '' || words.length === 0) return 0;
	const inTitle = ` ${wordsOf(title).join(' ')} `.includes(` ${keyword} `) ? 10 : 0;
	const inOpening = ` ${words.slice(0, 100).join(' ')} `.includes(` ${keyword} `) ? 10 : 0;
	const share = occurrences(wordsOf(body), keyword.split(' ')) / words.length;
	return inTitle + inOpening + (share >= 0.003 && share <= 0.03 ? 10 : 0);
}

function occurrences(words: string[], phrase: string[]): number {
	let found = 0;
	for (let at = 0; at + phrase.length <= words.length; at++) {
		if (phrase.every((word, offset) => words[at + offset] === word)) found++;
	}
	return found;
}

function headings(body: string): number {
	return body.match(/^#{1,6}\s+\S/gm)?.length ?? 0;
}

function scoreVariety(words: string[]): number {
	if (words.length === 0) return 0;
	return 10 * Math.min(1, new Set(words).size / words.length / 0.4);
}
