import { jsonValue, redact, redactText } from '../core';

/** A line for a person. What is inside may come from a task, so it is shown without secrets. */
export function printLine(text: string): void {
	process.stdout.write(`${redactText(text)}\n`);
}

/** The whole answer for another program, in one document, without secrets. */
export function printJson(value: unknown): void {
	const plainJson = jsonValue.parse(JSON.parse(JSON.stringify(value)));
	process.stdout.write(`${JSON.stringify(redact(plainJson), null, 2)}\n`);
}

/** What an operator should know beside the answer; on stderr, so that the answer stays what a program reads. */
export function printWarning(text: string): void {
	process.stderr.write(`Warning: ${redactText(text)}\n`);
}

/** The person was asked and said no: not an error, but not what was asked for either. */
export function declined(): void {
	process.stderr.write('Nothing was changed.\n');
	process.exitCode = 1;
}
