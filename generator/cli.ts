#!/usr/bin/env node
import { createProgram } from './program';
import { reportFailure } from './report-failure';

/** Exit codes: 0 done, 1 it failed or a part of it, 2 wrong usage. */
async function main(): Promise<void> {
	try {
		await createProgram().parseAsync(process.argv);
	} catch (error) {
		process.exitCode = reportFailure(error, {
			verbose: process.argv.includes('--verbose'),
			write: (line) => process.stderr.write(`${line}\n`),
		});
	}
}

// `tasks | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') throw error;
	process.exit(0);
});

void main();
