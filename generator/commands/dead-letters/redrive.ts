import { Command } from 'commander';
import type { RedriveAnswer } from '../../../core';
import { databaseOption, withOrchestrator } from '../../database';
import { operator } from '../../operator';
import { taskNumbers } from '../../option-list';
import { wholeNumber } from '../../option-number';
import { addChangeOptions, CHANGE_HELP, changeChosen, type ChangeOptions, report } from './change';
import { choiceOf } from './filter';

interface RedriveCommandOptions extends ChangeOptions {
	rate?: number;
}

export function redriveCommand(): Command {
	const command = new Command('redrive')
		.description(
			'Put tasks that died back into their queue: attempts from 0, a late report of before counts no more.',
		)
		.argument('[tasks...]', 'their numbers; or choose them by a filter, or --all', taskNumbers)
		.option(
			'--rate <per minute>',
			'spread the starts evenly (default: all at once)',
			wholeNumber(1, 100_000),
		);
	return addChangeOptions(command)
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
${CHANGE_HELP}
Examples:
  $ master-orchestrator dead-letters redrive 17
  $ master-orchestrator dead-letters redrive --type content_pipeline --rate 10 --dry-run`,
		)
		.action(redrive);
}

async function redrive(taskIds: string[] | undefined, options: RedriveCommandOptions): Promise<void> {
	const choice = choiceOf(taskIds ?? [], options);
	const { rate } = options;
	const by = { actor: operator(), ...(rate !== undefined && { ratePerMinute: rate }) };
	const answer = await withOrchestrator(options, ({ deadLetters }) =>
		changeChosen<RedriveAnswer>(choice, options, {
			done: 'redriven',
			change: async (filter, how) => await deadLetters.redrive(filter, { ...by, ...how }),
		}),
	);
	const last = answer?.lastDueAt?.toISOString();
	report(answer, choice, options, {
		done: 'redriven',
		...(last !== undefined && { more: `, the last one due at ${last}` }),
	});
}
