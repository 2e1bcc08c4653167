/** A numbered step of a recipe: where it stands, and its sentences, each of them one gesture or one thing to see. */
export interface Step {
	place: string;
	sentences: string[];
}

/**
 * The numbered steps of a Markdown document in their order. An indented paragraph under a step explains it and is not
 * part of it.
 */
export function stepsOf(markdown: string): Step[] {
	const drafts: Array<{ place: string; text: string }> = [];
	let heading = '';
	let open: { place: string; text: string } | undefined;
	for (const line of markdown.split('\n')) {
		const begun = /^(\d+)\. (.+)$/.exec(line);
		const more = /^ {3}(\S.*)$/.exec(line)?.[1];
		if (open !== undefined && more !== undefined) {
			open.text += ` ${more}`;
			continue;
		}
		heading = /^#+ (.+)$/.exec(line)?.[1] ?? heading;
		open = begun === null ? undefined : { place: `${heading}, step ${begun[1]}`, text: begun[2] ?? '' };
		if (open !== undefined) drafts.push(open);
	}
	return drafts.map(({ place, text }) => ({ place, sentences: sentencesOf(text) }));
}

/** A full stop, or the bold text that has one, ends a sentence. */
function sentencesOf(text: string): string[] {
	return text.split(/(?<=\.|\.\*\*) (?=[A-Z])/).map((sentence) => sentence.replace(/\.$/, ''));
}
