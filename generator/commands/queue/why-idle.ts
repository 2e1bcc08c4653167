import { Command } from 'commander';
import { type IdleReason, queueWarnings } from '../../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { printJson, printLine, printWarning } from '../../print';

interface WhyIdleOptions extends DatabaseOptions {
	json?: true;
}

export function whyIdleCommand(): Command {
	return new Command('why-idle')
		.description('Say of every type why nothing of it starts now.')
		.option('--json', 'the same as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
“claimable” means that nothing holds it: the next pass takes it. A queue of 500 tasks or more is a warning on stderr.
Examples:
  $ master-orchestrator queue why-idle
  $ master-orchestrator queue why-idle --json | jq '.[] | select(.reason == "paused")'`,
		)
		.action(whyIdle);
}

async function whyIdle({ json, ...database }: WhyIdleOptions): Promise<void> {
	const { reasons, warnings } = await withOrchestrator(database, async ({ queue, resources }) => ({
		reasons: await queue.whyIdle(),
		warnings: queueWarnings((await resources.snapshot()).queue),
	}));
	for (const { message } of warnings) printWarning(message);
	if (json) return printJson(reasons);
	for (const each of reasons) printLine(describe(each));
	if (reasons.length === 0) printLine('No workflow type is registered.');
}

function describe({ workflowType, reason, because, earliestAt }: IdleReason): string {
	const until = earliestAt && reason !== 'claimable' ? ` (until ${earliestAt.toISOString()})` : '';
	return `${workflowType ?? 'every type'}: ${reason}: ${because}${until}`;
}
