import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_DEPLOYMENT } from '../definitions/nodes';
import { InvalidInputError, OutdatedFilesError } from '../failure';
import { type GeneratedFile, generatePhase, generateSamples } from '../generate';
import { PHASES } from '../phases';
import { compareFiles, writeFiles } from '../write-files';

interface GenerateOptions {
	phase?: number;
	samples?: true;
	out: string;
	deployment: string;
	timezone: string;
	check?: true;
}

export function generateCommand(): Command {
	return new Command('generate')
		.description('Write the n8n workflows of a migration phase, ready to import.')
		.option('--phase <number>', `migration phase (${[...PHASES.keys()].join(', ')})`, readPhase)
		.addOption(
			new Option('--samples', 'instead: four cron workflows that collide, to try wrap on').conflicts('phase'),
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
  $ master-orchestrator generate --samples --out samples`,
		)
		.action(generate);
}

async function generate(options: GenerateOptions): Promise<void> {
	const { out, check } = options;
	const directory = resolve(out);
	const files = filesOf(options);
	if (check) return await checkFiles(out, directory, files);
	await writeFiles(directory, files);
	for (const { name } of files) process.stdout.write(`${name}\n`);
	process.stdout.write(
		`${files.length} workflows written to ${out}. Import them into n8n, then publish them.\n`,
	);
}

function filesOf({ phase, samples, deployment, timezone }: GenerateOptions): GeneratedFile[] {
	const context = { deployment, timezone };
	if (phase !== undefined) return generatePhase(phase, context);
	if (samples) return generateSamples(context);
	throw new InvalidInputError('Neither --phase nor --samples was given.', 'Give one of them.');
}

async function checkFiles(out: string, directory: string, files: GeneratedFile[]): Promise<void> {
	const differences = await compareFiles(directory, files);
	if (differences.length === 0) {
		process.stdout.write(`${files.length} workflows in ${out} are up to date.\n`);
		return;
	}
	throw new OutdatedFilesError(
		`${differences.length} file(s) are not what the generator makes:\n${differences.map((line) => `  ${line}`).join('\n')}`,
		'Never edit generated files; run generate again without --check and commit the result.',
	);
}

function readPhase(text: string): number {
	if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a number.');
	return Number(text);
}
