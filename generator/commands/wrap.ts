import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MAX_WAIT_SECONDS, parseLimited } from '../../core';
import { InvalidInputError, RefusedFilesError } from '../failure';
import { progressOf, readSourceFiles } from '../workflow-files';
import { type BusyChoice, describeWrapped, type FileResult, parseBusyChoice, wrapFiles } from '../wrap';
import { writeFiles } from '../write-files';

interface WrapCommandOptions {
	lock?: string;
	onBusy: BusyChoice;
	maxWait?: number;
	guard?: true;
	skipRefused?: true;
	out: string;
}

export function wrapCommand(): Command {
	return new Command('wrap')
		.description('Put a lock behind every trigger of exported workflows, so that they do not overlap.')
		.argument('<files...>', 'workflows that n8n exported')
		.requiredOption('--out <folder>', 'folder for the wrapped files; the given ones stay as they are')
		.option('--lock <name>', 'one lock for all files (default: each workflow’s name)')
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
		.option('--skip-refused', 'write the other files when some are refused')
		.addHelpText(
			'after',
			`
Schedules and manual starts skip a run while the lock is busy. Events wait up to a minute, then fail visibly; a caller
whom a node of the workflow answers gets 503 with Retry-After. No event is dropped.
Nothing is written when a file is refused (exit 1), unless --skip-refused is given.
Examples:
  $ master-orchestrator wrap sales.json --out wrapped
  $ master-orchestrator wrap exports/*.json --lock crm --out wrapped
  $ master-orchestrator wrap nightly/*.json --lock llm --on-busy schedule=wait --max-wait 600 --out wrapped
  $ master-orchestrator wrap sales.json --on-busy schedule=wait --guard --out wrapped`,
		)
		.action(wrap);
}

async function wrap(paths: string[], options: WrapCommandOptions): Promise<void> {
	const { out, lock, onBusy, maxWait: maxWaitSeconds, guard, skipRefused } = options;
	const files = await readSourceFiles(paths, out);
	const results = wrapFiles(
		files,
		{ onBusy, maxWaitSeconds, guard: guard === true, ...(lock === undefined ? {} : { lock }) },
		progressOf(files.length),
	);
	for (const result of results) process.stdout.write(`${describeWrapped(result)}\n`);
	await writeResults(results, out, skipRefused === true);
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
	process.stdout.write(
		`${results.length} files: ${changed} changed, ${good.length - changed} left as they are, ${refused} refused; ${fate}.\n`,
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
