import { Command } from 'commander';
import type { DiscardAnswer } from '../../../core';
import { databaseOption, withOrchestrator } from '../../database';
import { operator } from '../../operator';
import { taskNumbers } from '../../option-list';
import { addChangeOptions, CHANGE_HELP, changeChosen, type ChangeOptions, report } from './change';
import { choiceOf } from './filter';

export function discardCommand(): Command {
	const command = new Command('discard')
		.description('Give tasks that died up: they stay dead, leave the list, and cannot be redriven any more.')
		.argument('[tasks...]', 'their numbers; or choose them by a filter, or --all', taskNumbers);
	return addChangeOptions(command)
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
${CHANGE_HELP}
Examples:
  $ master-orchestrator dead-letters discard 17
  $ master-orchestrator dead-letters discard --until 2026-11-01 --dry-run`,
		)
		.action(discard);
}

async function discard(taskIds: string[] | undefined, options: ChangeOptions): Promise<void> {
	const choice = choiceOf(taskIds ?? [], options);
	const actor = operator();
	const answer = await withOrchestrator(options, ({ deadLetters }) =>
		changeChosen<DiscardAnswer>(choice, options, {
			done: 'discarded',
			change: async (filter, how) => await deadLetters.discard(filter, { actor, ...how }),
		}),
	);
	report(answer, choice, options, { done: 'discarded' });
}
