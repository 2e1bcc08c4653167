import { Command } from 'commander';
import {
	CANCELLABLE_STATES,
	type CancellableState,
	type CancelOptions,
	type CancelOutcome,
	type CancelSelection,
	type Orchestrator,
} from '../../../core';
import { consent } from '../../consent';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { InvalidInputError } from '../../failure';
import { operator } from '../../operator';
import { repeatedOf, taskNumbers } from '../../option-list';
import { wholeNumber } from '../../option-number';
import { declined, printJson, printLine } from '../../print';
import { countByState, notCancelled, ofMatching, renderOutcomes } from '../../render-cancelled';

interface CancelCommandOptions extends DatabaseOptions {
	type?: string;
	key?: string;
	state?: CancellableState[];
	limit?: number;
	reason: string;
	dryRun?: true;
	yes?: true;
	json?: true;
}

export function cancelCommand(): Command {
	return new Command('cancel')
		.description(
			'End tasks for good, waiting or running. What works on them may finish, but changes nothing any more.',
		)
		.argument('[tasks...]', 'their numbers; or choose them by --type, --key, --state', taskNumbers)
		.option('--type <workflow type>', 'every task of this type that has not ended')
		.option('--key <fair key>', 'every task of this fair key that has not ended')
		.option('--state <state>', 'only tasks in this state; may be repeated', repeatedOf(CANCELLABLE_STATES))
		.option(
			'--limit <n>',
			'so many at once, lowest numbers first, at most 10000 (default: 1000)',
			wholeNumber(1, 10_000),
		)
		.requiredOption('--reason <text>', 'why; it stands in the history of each task')
		.option('--dry-run', 'change nothing: only say what would be cancelled')
		.option('--yes', 'do not ask, whatever the number')
		.option('--json', 'the outcome of each task as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Chosen by --type, --key or --state, more than one task is counted first and you are asked; without a terminal add --yes.
What --limit leaves is named: run it again for the rest.
Exit code 1 when a number is unknown or a task was held by others: run it again.
Examples:
  $ master-orchestrator queue cancel 17 18 --reason "wrong input"
  $ master-orchestrator queue cancel --type content_pipeline --state queued --reason "sent twice" --dry-run`,
		)
		.action(cancel);
}

async function cancel(taskIds: string[] | undefined, options: CancelCommandOptions): Promise<void> {
	const selection = selectionOf(taskIds ?? [], options);
	const by = { actor: operator(), reason: options.reason };
	const outcomes = await withOrchestrator(options, ({ queue }) =>
		cancelChosen(queue, selection, by, options),
	);
	if (outcomes === null) return declined();
	if (options.json) printJson(outcomes);
	else printLine(renderOutcomes(outcomes));
	if (outcomes.some(notCancelled)) process.exitCode = 1;
}

/** Null: the person said no. */
export async function cancelChosen(
	queue: Pick<Orchestrator['queue'], 'cancel'>,
	selection: CancelSelection,
	by: CancelOptions,
	{ dryRun, yes }: Pick<CancelCommandOptions, 'dryRun' | 'yes'>,
): Promise<CancelOutcome[] | null> {
	const look = async () => await queue.cancel(selection, { ...by, dryRun: true });
	if (dryRun) return await look();
	if ('taskIds' in selection) return await queue.cancel(selection, by);
	const seen = await look();
	if (
		seen.length > 1 &&
		!(await consent(`${ofMatching(seen)} tasks would be cancelled (${countByState(seen)}).`, yes === true))
	)
		return null;
	// Only what was counted, and only what still matches: the answer may have taken its time.
	const counted = new Set(seen.map(({ taskId }) => taskId));
	const chosen = (await look()).map(({ taskId }) => taskId).filter((taskId) => counted.has(taskId));
	const outcomes = await queue.cancel({ taskIds: chosen }, by);
	// What the limit left; a task that moved meanwhile is not to be run again for.
	const left = (seen[0]?.matching ?? seen.length) - seen.length;
	return outcomes.map((outcome) => ({ ...outcome, matching: outcomes.length + left }));
}

function selectionOf(taskIds: string[], { type, key, state, limit }: CancelCommandOptions): CancelSelection {
	const filtered = type !== undefined || key !== undefined || state !== undefined;
	if (taskIds.length > 0 && (filtered || limit !== undefined)) {
		throw new InvalidInputError(
			'Task numbers and a filter were given together.',
			'Give either the numbers, or --type, --key, --state and --limit.',
		);
	}
	if (taskIds.length > 0) return { taskIds };
	if (!filtered) {
		throw new InvalidInputError(
			'Nothing says which tasks to cancel.',
			'Give their numbers, or --type, --key or --state.',
		);
	}
	return {
		...(type !== undefined && { workflowType: type }),
		...(key !== undefined && { fairKey: key }),
		...(state && { states: state }),
		...(limit !== undefined && { limit }),
	};
}
