import { Command } from 'commander';
import { openInstance } from '../live/instance';
import { unwrapLive } from '../live/wrap-live';
import { progressOf } from '../progress';
import { readSourceFiles } from '../workflow-files';
import { describeUnwrapped, unwrapFiles } from '../wrap';
import { addLiveOptions, LIVE_HELP, type LiveCommandOptions, liveOptionsOf, placeOf } from './live-options';
import { writeResults } from './wrap';
import { printLine } from '../print';

interface UnwrapCommandOptions extends LiveCommandOptions {
	allWrapped?: true;
}

export function unwrapCommand(): Command {
	const command = new Command('unwrap')
		.description('Take out what wrap put in, and nothing else, in files or in a running n8n.')
		.argument('[files...]', 'wrapped workflows, also after they were edited in n8n')
		.option('--out <folder>', 'folder for the files; the given ones stay as they are')
		.option('--all-wrapped', 'every wrapped workflow of an n8n, instead of files');
	return addLiveOptions(command)
		.addHelpText(
			'after',
			`
Nothing is written when one is refused (exit 1), unless --skip-refused is given.
${LIVE_HELP}
Examples:
  $ master-orchestrator unwrap wrapped/sales.json --out plain
  $ master-orchestrator unwrap wrapped/*.json --out plain
  $ N8N_URL=https://n8n.example.com N8N_API_KEY=… master-orchestrator unwrap --workflow 7xQf2aLm`,
		)
		.action(unwrapAll);
}

async function unwrapAll(paths: string[], options: UnwrapCommandOptions): Promise<void> {
	const place = placeOf(paths, options, options.allWrapped ? '--all-wrapped' : undefined);
	if (place.kind === 'instance') return await unwrapLive(openInstance(options), liveOptionsOf(options));
	const files = await readSourceFiles(paths, place.out);
	const results = unwrapFiles(files, progressOf(files.length));
	for (const result of results) printLine(describeUnwrapped(result));
	await writeResults(results, place.out, options.skipRefused === true);
}
