import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_DEPLOYMENT } from '../definitions/nodes';
import { InvalidInputError, OutdatedFilesError } from '../failure';
import {
	generateAll,
	type GeneratedFile,
	type GeneratedFolder,
	generatePhase,
	generateRecipes,
	generateSamples,
} from '../generate';
import { PHASES } from '../phases';
import { compareFiles, writeFiles } from '../write-files';
import { printLine } from '../print';

interface GenerateOptions {
	phase?: number;
	samples?: true;
	recipes?: true;
	all?: true;
	out: string;
	deployment: string;
	timezone: string;
	check?: true;
}

export function generateCommand(): Command {
	return new Command('generate')
		.description(
			'Write n8n workflows, ready to import: those of a migration phase, the samples, the recipes, or all.',
		)
		.option('--phase <number>', `migration phase (${[...PHASES.keys()].join(', ')})`, readPhase)
		.addOption(instead('samples', 'four cron workflows that collide, to try wrap on'))
		.addOption(instead('recipes', 'the workflows of docs/recipes'))
		.addOption(instead('all', 'everything, each kind in its folder under --out, as the package has them'))
		.requiredOption('--out <folder>', 'folder for the files')
		.option(
			'--deployment <name>',
			'name in webhook paths; a second copy on one n8n needs another',
			DEFAULT_DEPLOYMENT,
		)
		.option('--timezone <zone>', 'time zone of the workflows', 'UTC')
		.option('--check', 'write nothing: compare with the folder and list what differs (exit 1)')
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator generate --phase 2 --out workflows/phase-2
  $ master-orchestrator generate --phase 2 --out workflows/phase-2 --check
  $ master-orchestrator generate --phase 2 --out staging --deployment staging --timezone Europe/Berlin
  $ master-orchestrator generate --samples --out samples
  $ master-orchestrator generate --recipes --out recipes
  $ master-orchestrator generate --all --out . --check`,
		)
		.action(generate);
}

/** What is asked for in the place of a phase; never two of them. */
function instead(kind: Instead, what: string): Option {
	const others = INSTEAD.filter((each) => each !== kind);
	return new Option(`--${kind}`, `instead: ${what}`).conflicts(['phase', ...others]);
}

const INSTEAD = ['samples', 'recipes', 'all'] as const;
type Instead = (typeof INSTEAD)[number];

async function generate({ out, check, ...wanted }: GenerateOptions): Promise<void> {
	const folders = foldersOf(wanted);
	if (check) return await checkFolders(out, folders);
	for (const { folder, files } of folders) {
		await writeFiles(resolve(out, folder), files);
		for (const { name } of files) printLine(join(folder, name));
	}
	const count = counted(folders.flatMap(({ files }) => files));
	printLine(`${count} written to “${out}”. Import into n8n, then publish.`);
}

function foldersOf({
	phase,
	samples,
	recipes,
	all,
	...context
}: Omit<GenerateOptions, 'out' | 'check'>): GeneratedFolder[] {
	if (all) return generateAll(context);
	if (samples) return [{ folder: '', files: generateSamples(context) }];
	if (recipes) return [{ folder: '', files: generateRecipes(context) }];
	if (phase !== undefined) return [{ folder: '', files: generatePhase(phase, context) }];
	throw new InvalidInputError(
		'Nothing says what to generate.',
		'Give --phase with a number, --samples, --recipes or --all.',
	);
}

/** Looks at every folder before it fails, so that one run names everything that differs. */
async function checkFolders(out: string, folders: readonly GeneratedFolder[]): Promise<void> {
	const differences: string[] = [];
	for (const { folder, files } of folders) {
		const found = await compareFiles(resolve(out, folder), files);
		if (found.length === 0) printLine(`${counted(files)} in ${join(out, folder)}: up to date.`);
		differences.push(...found);
	}
	if (differences.length === 0) return;
	throw new OutdatedFilesError(
		`${differences.length} file(s) are not what the generator makes:\n${differences.map((line) => `  ${line}`).join('\n')}`,
		'Never edit generated files; run generate again without --check and commit the result.',
	);
}

function counted(files: GeneratedFile[]): string {
	const workflows = files.filter(({ name }) => name.endsWith('.json')).length;
	const pages = files.length - workflows;
	return [numbered(workflows, 'workflow'), numbered(pages, 'page')]
		.filter((each) => each !== '')
		.join(' and ');
}

const numbered = (n: number, what: string) => (n === 0 ? '' : n === 1 ? `1 ${what}` : `${n} ${what}s`);

function readPhase(text: string): number {
	if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a number.');
	return Number(text);
}
