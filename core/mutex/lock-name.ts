import { InvalidInputError } from '../errors';

/** Longest lock name in characters (code points, not bytes). */
export const LOCK_NAME_MAX = 200;

/** Control characters, and halves of a surrogate pair: the one is invisible, the other is no text. */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * The name of a lock: any Unicode text of 1 to 200 characters, normalised (NFC), so that “é” is one lock however it was
 * typed. Nothing is trimmed or cut: two names that differ are two locks.
 */
export function parseLockName(name: unknown): string {
	if (typeof name !== 'string') throw wrong(`must be text, got ${name === null ? 'null' : typeof name}`);
	const unusable = UNUSABLE.exec(name);
	if (unusable) {
		const code = (unusable[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
		throw wrong(`must have no control characters, got U+${code} at position ${unusable.index}`);
	}
	const normalised = name.normalize('NFC');
	const { length } = [...normalised];
	if (!/\S/.test(normalised)) throw wrong('must have a visible character, got only blanks or nothing');
	if (length > LOCK_NAME_MAX) throw wrong(`must have at most ${LOCK_NAME_MAX} characters, got ${length}`);
	return normalised;
}

function wrong(complaint: string): InvalidInputError {
	return new InvalidInputError(
		`The lock name ${complaint}.`,
		'Give the lock a short name, the same in every workflow that must not run beside this one.',
	);
}
