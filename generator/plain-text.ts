/** Longer than any name that a person gives, shorter than what a broken file may have in its place. */
const LONGEST = 500;

/** Text of somebody else, as it may be printed: no character in it moves the cursor, ends the line or turns its direction. */
export function plain(text: string, longest = LONGEST): string {
	return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD').slice(0, longest);
}
