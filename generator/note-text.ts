/** How n8n shows a sticky note's Markdown, measured in its editor and rounded up. */
const TITLE_HEIGHT = 44;
const LINE_HEIGHT = 22;
const CHARACTER_WIDTH = 7.2;
const PADDING = 16;

/** Markdown of a note: a heading and a paragraph. */
export function noteMarkdown(title: string, text: string): string {
	return `## ${title}\n${text}`;
}

/** Height that the text of a note needs above its nodes, so that neither covers the other. */
export function noteHeight(title: string, text: string, width: number): number {
	const perLine = Math.floor((width - 2 * PADDING) / CHARACTER_WIDTH);
	const titleLines = wrappedLines(title, Math.floor(perLine * 0.68));
	return PADDING + titleLines * TITLE_HEIGHT + wrappedLines(text, perLine) * LINE_HEIGHT;
}

/** Lines after a wrap at word borders; a word longer than a line is cut. */
function wrappedLines(text: string, perLine: number): number {
	let lines = 1;
	let used = 0;
	for (const word of text.split(/\s+/)) {
		const needed = used === 0 ? word.length : used + 1 + word.length;
		if (needed <= perLine) {
			used = needed;
			continue;
		}
		lines += used === 0 ? Math.floor(word.length / perLine) : Math.ceil(word.length / perLine);
		used = word.length % perLine;
	}
	return lines;
}
