import type { Command } from 'commander';
import { InvalidInputError } from '../failure';
import { BACKUP_FOLDER } from '../live/backup';
import { type InstanceOptions, instanceOptions, KEY_VARIABLE } from '../live/instance';
import type { LiveOptions } from '../live/wrap-live';
import { printLine } from '../print';

/** Options of every command that changes workflows in a running n8n. */
export interface LiveCommandOptions extends InstanceOptions {
	out?: string;
	workflow?: string[];
	backup?: string;
	dryRun?: true;
	skipRefused?: true;
}

export const LIVE_HELP = `In a running n8n (its address in N8N_URL, the API key in ${KEY_VARIABLE}) workflows are changed in place: same id, settings,
pinned data and memory of polling triggers; what was published is published again, what was not stays unpublished. The
originals are kept in ${BACKUP_FOLDER}/ first. Executions that run go on with the version with which they began.
Don’t save these workflows in the editor meanwhile; if somebody does, theirs is kept and the command says so.`;

export function addLiveOptions(command: Command): Command {
	addInstanceOptions(command)
		.option('--workflow <ids...>', 'workflows of an n8n by their ids')
		.option('--skip-refused', 'change the others when some are refused');
	return addWriteOptions(command);
}

export function addInstanceOptions(command: Command): Command {
	for (const option of instanceOptions()) command.addOption(option);
	return command;
}

export function addWriteOptions(command: Command): Command {
	return command
		.option('--backup <folder>', 'where the originals of live workflows are kept', BACKUP_FOLDER)
		.option('--dry-run', 'only say what would be changed in that n8n');
}

export function liveOptionsOf({ workflow, backup, dryRun, skipRefused }: LiveCommandOptions): LiveOptions {
	return {
		...(workflow === undefined ? {} : { ids: workflow }),
		...(backup === undefined ? {} : { backup }),
		dryRun: dryRun === true,
		skipRefused: skipRefused === true,
		say: printLine,
	};
}

type PlaceOfWork = { kind: 'files'; out: string } | { kind: 'instance' };

/** Files with --out, or workflows of an n8n; never both, so that nobody is surprised where something was written. */
export function placeOf(
	paths: readonly string[],
	{ out, workflow, dryRun }: LiveCommandOptions,
	all: string | undefined,
): PlaceOfWork {
	const live = workflow !== undefined || all !== undefined;
	if (live && (paths.length > 0 || out !== undefined)) {
		throw new InvalidInputError(
			'Files and workflows of an n8n were given together.',
			'Give either files and --out, or --workflow with ids.',
		);
	}
	if (workflow !== undefined && all !== undefined) {
		throw new InvalidInputError(`--workflow and ${all} were given together.`, 'Give one of them.');
	}
	if (live) return { kind: 'instance' };
	if (paths.length === 0) {
		throw new InvalidInputError(
			'No workflow was given.',
			'Give files and --out, or --workflow with ids of an n8n.',
		);
	}
	if (out === undefined)
		throw new InvalidInputError('--out is missing.', 'Give the folder for the new files.');
	if (dryRun)
		throw new InvalidInputError(
			'--dry-run is for an n8n.',
			'Files: give --out a folder that you can throw away.',
		);
	return { kind: 'files', out };
}
