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

function describe({ taskId, state, verdict, summary, gates, tasksAhead, ...times }: Explanation): string {
	const others = gates
		.slice(1)
		.map(
			({ because, opensAt }) => `  and then: ${because}${opensAt ? ` (until ${opensAt.toISOString()})` : ''}`,
		);
	return [
		`Task ${taskId} (${state}) ${VERDICTS[verdict]}. ${summary}`,
		...others,
		...(tasksAhead === null ? [] : [`  tasks ahead of it: ${tasksAhead}`]),
		...timesOf(gates, times),
	].join('\n');
}

type Times = Pick<Explanation, 'earliestStart' | 'noEarlierThan' | 'expiresAt' | 'unknownBecause'>;

/** Never a start behind the deadline for waiting; beside an unknown one, how long it waits at least. */
function timesOf(gates: Explanation['gates'], times: Times): string[] {
	const { earliestStart, noEarlierThan, expiresAt, unknownBecause } = times;
	const never = gates.some(({ gate }) => gate === 'waited_too_long');
	const least = noEarlierThan === null ? '' : `, not before ${noEarlierThan.toISOString()}`;
	return [
		...(earliestStart === null ? [] : [`  earliest start: ${earliestStart.toISOString()}`]),
		...(unknownBecause === null
			? []
			: [`  earliest start: ${never ? 'none' : `unknown${least}`}: ${unknownBecause}`]),
		...(expiresAt === null ? [] : [`  waits until at most: ${expiresAt.toISOString()}`]),
	];
}
