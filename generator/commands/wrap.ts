import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MAX_WAIT_SECONDS, parseLimited } from '../../core';
import { InvalidInputError, RefusedFilesError } from '../failure';
import { openInstance } from '../live/instance';
import { wrapLive } from '../live/wrap-live';
import { progressOf } from '../progress';
import { readSourceFiles } from '../workflow-files';
import { type BusyChoice, describeWrapped, type FileResult, parseBusyChoice, wrapFiles } from '../wrap';
import { writeFiles } from '../write-files';
import { addLiveOptions, LIVE_HELP, type LiveCommandOptions, liveOptionsOf, placeOf } from './live-options';
import { printLine } from '../print';

interface WrapCommandOptions extends LiveCommandOptions {
	lock?: string;
	onBusy: BusyChoice;
	maxWait?: number;
	guard?: true;
	allScheduled?: true;
	credential?: string;
}

export function wrapCommand(): Command {
	const command = new Command('wrap')
		.description(
			'Put a lock behind every trigger of workflows, in files or in a running n8n, so that they do not overlap.',
		)
		.argument('[files...]', 'workflows that n8n exported')
		.option('--out <folder>', 'folder for the wrapped files; the given ones stay as they are')
		.option('--lock <name>', 'one lock for all workflows (default: each workflow’s name)')
		.addOption(
			new Option(
				'--on-busy <[kind=]policy>',
				'skip, wait or fail, for all triggers or for a kind such as schedule or webhook; repeatable',
			)
				.argParser(readBusy)
				.default({}, 'by kind'),
		)
		.option('--max-wait <seconds>', 'longest wait of a run that waits, up to 600 (default: 60)', readSeconds)
		.option('--guard', 'also make sure of the lock before each node whose work others can see')
		.option(
			'--all-scheduled',
			'every published workflow of an n8n that starts on a schedule, instead of files',
		)
		.option('--credential <id or name>', 'Orchestrator Postgres credential of that n8n, if it has several');
	return addLiveOptions(command)
		.addHelpText(
			'after',
			`
Schedules and manual starts skip a run while the lock is busy. Events wait up to a minute, then fail visibly; a caller
whom a node of the workflow answers gets 503 with Retry-After. No event is dropped.
A lock that is there keeps its options: asking for others is refused; unwrap first, then wrap with what it shall have.
Nothing is written when one is refused (exit 1), unless --skip-refused is given.
${LIVE_HELP}
Examples:
  $ master-orchestrator wrap sales.json --out wrapped
  $ master-orchestrator wrap exports/*.json --lock crm --out wrapped
  $ master-orchestrator wrap nightly/*.json --lock llm --on-busy schedule=wait --max-wait 600 --out wrapped
  $ master-orchestrator wrap sales.json --on-busy schedule=wait --guard --out wrapped
  $ N8N_URL=https://n8n.example.com N8N_API_KEY=… master-orchestrator wrap --all-scheduled --dry-run
  $ master-orchestrator wrap --workflow 7xQf2aLm 9bYt4cNo --lock crm`,
		)
		.action(wrap);
}

async function wrap(paths: string[], options: WrapCommandOptions): Promise<void> {
	const { lock, onBusy, maxWait: maxWaitSeconds, guard, allScheduled, credential } = options;
	const wish = { onBusy, maxWaitSeconds, guard: guard === true, ...(lock === undefined ? {} : { lock }) };
	const place = placeOf(paths, options, allScheduled === true ? '--all-scheduled' : undefined);
	if (place.kind === 'instance') {
		return await wrapLive(openInstance(options), {
			...wish,
			...liveOptionsOf(options),
			...(credential === undefined ? {} : { credential }),
		});
	}
	const files = await readSourceFiles(paths, place.out);
	const results = wrapFiles(files, wish, progressOf(files.length));
	for (const result of results) printLine(describeWrapped(result));
	await writeResults(results, place.out, options.skipRefused === true);
}

/** Writes all files or, when one was refused, none of them. */
export async function writeResults<Report>(
	results: ReadonlyArray<FileResult<Report>>,
	out: string,
	skipRefused: boolean,
): Promise<void> {
	const good = results.filter((result) => result.outcome !== 'refused');
	const refused = results.length - good.length;
	const writes = refused === 0 || skipRefused;
	if (writes && good.length > 0) await writeFiles(resolve(out), good);
	const changed = good.filter(({ outcome }) => outcome === 'changed').length;
	const fate = writes ? `written to ${out}` : 'nothing was written';
	printLine(
		`${results.length} files: ${changed} changed, ${good.length - changed} left as they are, ${refused} refused; ${fate}.`,
	);
	if (refused > 0) {
		throw new RefusedFilesError(
			`${refused} of ${results.length} files were refused.`,
			writes ? 'See the reasons above.' : 'See the reasons above; --skip-refused writes the others.',
		);
	}
}

function readBusy(text: string, before: BusyChoice): BusyChoice {
	const choice = parseBusyChoice(text);
	if (choice === undefined) {
		throw new InvalidArgumentError('It must be skip, wait or fail, or for example schedule=wait.');
	}
	return { ...before, ...choice };
}

function readSeconds(text: string): number {
	try {
		return parseLimited(MAX_WAIT_SECONDS, text);
	} catch (error) {
		if (error instanceof InvalidInputError) throw new InvalidArgumentError(error.message);
		throw error;
	}
}
