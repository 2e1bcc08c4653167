import { Command } from 'commander';
import { progressOf, readSourceFiles } from '../workflow-files';
import { describeUnwrapped, unwrapFiles } from '../wrap';
import { writeResults } from './wrap';

interface UnwrapCommandOptions {
	skipRefused?: true;
	out: string;
}

export function unwrapCommand(): Command {
	return new Command('unwrap')
		.description('Take out what wrap put in, and nothing else.')
		.argument('<files...>', 'wrapped workflows, also after they were edited in n8n')
		.requiredOption('--out <folder>', 'folder for the files; the given ones stay as they are')
		.option('--skip-refused', 'write the other files when some are refused')
		.addHelpText(
			'after',
			`
Nothing is written when a file is refused (exit 1), unless --skip-refused is given.
Examples:
  $ master-orchestrator unwrap wrapped/sales.json --out plain
  $ master-orchestrator unwrap wrapped/*.json --out plain`,
		)
		.action(unwrapAll);
}

async function unwrapAll(paths: string[], { out, skipRefused }: UnwrapCommandOptions): Promise<void> {
	const files = await readSourceFiles(paths, out);
	const results = unwrapFiles(files, progressOf(files.length));
	for (const result of results) process.stdout.write(`${describeUnwrapped(result)}\n`);
	await writeResults(results, out, skipRefused === true);
}
