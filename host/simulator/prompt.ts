/** What a prompt asks for, as far as it can be read from its words. */
export interface Wish {
	kind: 'outline' | 'draft';
	topic: string;
	keyword: string;
	/** ISO 639-1, `en` when the prompt names none. */
	language: string;
}

const LANGUAGES: Record<string, string> = {
	english: 'en',
	arabic: 'ar',
	spanish: 'es',
	french: 'fr',
	german: 'de',
	portuguese: 'pt',
	italian: 'it',
};

/**
 * Reads topic, keyword and language out of free text: first labelled lines (`Topic: …`), then quoted words
 * after a label (`topic "…"`), then the first line. A prompt that asks to write, or that carries an outline, wants a draft.
 */
export function readWish(prompt: string): Wish {
	const topic = labelled(prompt, 'topic|title|subject') ?? quoted(prompt, 'topic|about|on') ?? firstLine(prompt);
	return {
		kind: wantsDraft(prompt) ? 'draft' : 'outline',
		topic,
		keyword: labelled(prompt, '(?:target[ _-]?)?keyword') ?? quoted(prompt, 'keyword') ?? topic,
		language: languageOf(labelled(prompt, 'language') ?? wordAfter(prompt, 'language|in')),
	};
}

function wantsDraft(prompt: string): boolean {
	if (/^\s*#{0,3}\s*outline\s*:/im.test(prompt)) return true;
	return /\b(draft|write (the|a|an) (full |complete |finished )?(article|post|text|draft))\b/i.test(prompt);
}

function labelled(prompt: string, label: string): string | null {
	return filled(new RegExp(`^[\\s*#-]*(?:${label})\\**\\s*:\\**[ \\t]*(.+)$`, 'im').exec(prompt)?.[1]);
}

function quoted(prompt: string, label: string): string | null {
	return filled(new RegExp(`\\b(?:${label})\\b[^"“”«\\n]{0,40}["“«]([^"”»\\n]+)["”»]`, 'i').exec(prompt)?.[1]);
}

function wordAfter(prompt: string, label: string): string | null {
	const names = Object.keys(LANGUAGES).join('|');
	return filled(new RegExp(`\\b(?:${label})\\b[\\s“"]*(${names})\\b`, 'i').exec(prompt)?.[1]);
}

function languageOf(name: string | null): string {
	if (name === null) return 'en';
	const word = /[a-z]+/i.exec(name)?.[0]?.toLowerCase() ?? 'en';
	return LANGUAGES[word] ?? word.slice(0, 2);
}

function firstLine(prompt: string): string {
	const line = prompt.split('\n').find((text) => text.trim() !== '') ?? 'an unnamed topic';
	return line.trim().slice(0, 120);
}

/** Trimmed, without the quotes and the full stop that people put around a value. */
function filled(value: string | undefined): string | null {
	const text = value?.trim().replace(/^["“«]+|["”».]+$/g, '').trim();
	return text === undefined || text === '' ? null : text;
}
