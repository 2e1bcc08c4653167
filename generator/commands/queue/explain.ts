import { Command } from 'commander';
import type { Explanation } from '../../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { unknownTask } from '../../failure';
import { taskNumber } from '../../option-task';
import { printJson, printLine } from '../../print';

const VERDICTS = {
	ended: 'has ended',
	in_work: 'is in work',
	held: 'is held',
	claimable: 'is taken next',
} as const satisfies Record<Explanation['verdict'], string>;

interface ExplainOptions extends DatabaseOptions {
	json?: true;
}

export function explainCommand(): Command {
	return new Command('explain')
		.description('Say what holds a task, and when it can start at the earliest.')
		.argument('<task>', 'its number, as “master-orchestrator tasks” shows it', taskNumber)
		.option('--json', 'the same as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator queue explain 17
  $ master-orchestrator queue explain 17 --json | jq -r .earliestStart`,
		)
		.action(explain);
}

async function explain(taskId: string, { json, ...database }: ExplainOptions): Promise<void> {
	const explanation = await withOrchestrator(database, async ({ queue }) => await queue.explain(taskId));
	if (explanation === null) throw unknownTask(taskId);
	if (json) return printJson(explanation);
	printLine(describe(explanation));
}

function describe({
	taskId,
	state,
	verdict,
	summary,
	gates,
	tasksAhead,
	earliestStart,
	unknownBecause,
}: Explanation): string {
	const others = gates
		.slice(1)
		.map(
			({ because, opensAt }) => `  and then: ${because}${opensAt ? ` (until ${opensAt.toISOString()})` : ''}`,
		);
	const start =
		earliestStart?.toISOString() ?? (unknownBecause === null ? null : `unknown: ${unknownBecause}`);
	return [
		`Task ${taskId} (${state}) ${VERDICTS[verdict]}. ${summary}`,
		...others,
		...(tasksAhead === null ? [] : [`  tasks ahead of it: ${tasksAhead}`]),
		...(start === null ? [] : [`  earliest start: ${start}`]),
	].join('\n');
}
