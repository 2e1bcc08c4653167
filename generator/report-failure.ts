import { CommanderError } from 'commander';
import { z } from 'zod/v4';
import { InvalidInputError, OrchestratorError, redactText } from '../core';

export interface FailureOutput {
	/** Adds the stack and the causes. */
	verbose: boolean;
	write: (line: string) => void;
}

/** Writes what was wrong and what to do, and answers the exit code. */
export function reportFailure(error: unknown, { verbose, write }: FailureOutput): number {
	if (error instanceof CommanderError) return reportUsage(error, write);
	const { code, message, action } = explain(error);
	write(`error[${code}]: ${redactText(message)}`);
	write(`what to do: ${redactText(action)}`);
	if (verbose) write(redactText(stackOf(error)));
	return error instanceof InvalidInputError ? 2 : 1;
}

/** Help and version are no failures; everything else that commander throws is wrong usage. */
function reportUsage(error: CommanderError, write: (line: string) => void): number {
	if (error.exitCode === 0) return 0;
	if (error.code !== 'commander.help') {
		write(`error[MO_USAGE]: ${redactText(error.message.replace(/^error: /, ''))}`);
		write('what to do: add --help to see the options and examples.');
	}
	return 2;
}

const withCode = z.object({ code: z.string() });

export function explain(error: unknown): { code: string; message: string; action: string } {
	if (error instanceof OrchestratorError) {
		return { code: error.code, message: error.message, action: error.action };
	}
	const system = withCode.safeParse(error);
	return {
		code: 'MO_UNEXPECTED',
		message: `${error instanceof Error ? error.message : String(error)}${system.success ? ` (${system.data.code})` : ''}`,
		action: 'Run it again with --verbose and report what it shows.',
	};
}

function stackOf(error: unknown): string {
	if (!(error instanceof Error)) return '';
	const stack = error.stack ?? error.message;
	return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`;
}
