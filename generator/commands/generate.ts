import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_DEPLOYMENT } from '../definitions/nodes';
import { InvalidInputError, OutdatedFilesError } from '../failure';
import { type GeneratedFile, generatePhase, generateRecipes, generateSamples } from '../generate';
import { PHASES } from '../phases';
import { compareFiles, writeFiles } from '../write-files';

interface GenerateOptions {
	phase?: number;
	samples?: true;
	recipes?: true;
	out: string;
	deployment: string;
	timezone: string;
	check?: true;
}

export function generateCommand(): Command {
	return new Command('generate')
		.description(
			'Write n8n workflows, ready to import: those of a migration phase, the samples or the recipes.',
		)
		.option('--phase <number>', `migration phase (${[...PHASES.keys()].join(', ')})`, readPhase)
		.addOption(
			new Option('--samples', 'instead: four cron workflows that collide, to try wrap on').conflicts([
				'phase',
				'recipes',
			]),
		)
		.addOption(
			new Option('--recipes', 'instead: the workflows of docs/recipes').conflicts(['phase', 'samples']),
		)
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
  $ master-orchestrator generate --recipes --out recipes`,
		)
		.action(generate);
}

async function generate({ out, check, ...wanted }: GenerateOptions): Promise<void> {
	const directory = resolve(out);
	const files = filesOf(wanted);
	if (check) return await checkFiles(out, directory, files);
	await writeFiles(directory, files);
	for (const { name } of files) process.stdout.write(`${name}\n`);
	process.stdout.write(`${counted(files)} written to ${out}. Import into n8n, then publish.\n`);
}

function filesOf({
	phase,
	samples,
	recipes,
	...context
}: Omit<GenerateOptions, 'out' | 'check'>): GeneratedFile[] {
	if (samples) return generateSamples(context);
	if (recipes) return generateRecipes(context);
	if (phase !== undefined) return generatePhase(phase, context);
	throw new InvalidInputError(
		'Nothing says what to generate.',
		'Give --phase with a number, --samples or --recipes.',
	);
}

async function checkFiles(out: string, directory: string, files: GeneratedFile[]): Promise<void> {
	const differences = await compareFiles(directory, files);
	if (differences.length === 0) {
		process.stdout.write(`${counted(files)} in ${out}: up to date.\n`);
		return;
	}
	throw new OutdatedFilesError(
		`${differences.length} file(s) are not what the generator makes:\n${differences.map((line) => `  ${line}`).join('\n')}`,
		'Never edit generated files; run generate again without --check and commit the result.',
	);
}

const counted = ({ length }: GeneratedFile[]) => (length === 1 ? '1 workflow' : `${length} workflows`);

function readPhase(text: string): number {
	if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a number.');
	return Number(text);
}
