import { Command } from 'commander';
import { checkFile, type CheckedWorkflow, GENERAL_RULES } from '../check/check';
import { FindingsError } from '../failure';
import { progressOf } from '../progress';
import { readSourceFiles } from '../workflow-files';
import { plain } from '../plain-text';
import { printJson, printLine } from '../print';

export function checkCommand(): Command {
	const rules = GENERAL_RULES.map(({ code, promise }) => `  ${code.padEnd(18)} ${promise}`).join('\n');
	return new Command('check')
		.description('Look for faults in exported workflows: broken connections, unreachable nodes, secrets, …')
		.argument('<files...>', 'workflows that n8n exported')
		.option('--json', 'one JSON document instead of text')
		.addHelpText(
			'after',
			`
Rules:
${rules}
Exit code 1 when there is a finding.
Examples:
  $ master-orchestrator check sales.json
  $ master-orchestrator check exports/*.json --json`,
		)
		.action(check);
}

async function check(paths: string[], { json }: { json?: true }): Promise<void> {
	const files = await readSourceFiles(paths);
	const progress = progressOf(files.length);
	const checked = files.flatMap((file, index) => {
		const result = checkFile(file);
		progress(index + 1);
		return result;
	});
	const count = checked.reduce((sum, { findings }) => sum + findings.length, 0);
	if (json) printJson({ workflows: checked });
	else printLine(describe(checked, count));
	if (count > 0) {
		throw new FindingsError(
			`${count} finding(s) in ${checked.length} workflow(s).`,
			'Each line above names the rule; --help lists what the rules promise.',
		);
	}
}

function describe(checked: readonly CheckedWorkflow[], count: number): string {
	const lines = checked.flatMap(({ file, findings }) =>
		findings.map(({ code, message }) => `${plain(file)}: ${code}: ${plain(message)}`),
	);
	return [...lines, `${checked.length} workflow(s), ${count} finding(s).`].join('\n');
}
