import { createInterface } from 'node:readline/promises';
import { InvalidInputError } from './failure';

/** Where a person is asked; both must be a terminal, else nobody is there. */
export interface Terminal {
	input: NodeJS.ReadableStream & { isTTY?: boolean };
	/** Never stdout: that may be a document. */
	output: NodeJS.WritableStream & { isTTY?: boolean };
}

/**
 * Whether to go on with what the sentence says. `--yes` answers for the person; with neither a yes nor a terminal it is
 * refused, because a script that forgot to look must not change a thousand tasks.
 */
export async function consent(
	what: string,
	yes: boolean,
	{ input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
	if (yes) return true;
	if (input.isTTY !== true || output.isTTY !== true) {
		throw new InvalidInputError(
			`${what} Nobody can be asked whether that is meant: this is no terminal.`,
			'Look at them with --dry-run, then run it again with --yes.',
		);
	}
	return await ask(`${what} Go on? [y/N] `, { input, output });
}

/** Anything but a yes is a no, the end of the input too. */
async function ask(question: string, terminal: Terminal): Promise<boolean> {
	const lines = createInterface(terminal);
	try {
		const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
		const answer = await Promise.race([lines.question(question), ended]);
		return /^y(es)?$/i.test(answer.trim());
	} finally {
		lines.close();
	}
}
