import { Command } from 'commander';
import type { Orchestrator } from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { wholeNumber } from '../option-number';
import { printLine } from '../print';

interface ArchiveOptions extends DatabaseOptions {
	olderThan: number;
	dryRun?: true;
}

export function archiveCommand(): Command {
	return new Command('archive')
		.description('Move what ended long ago out of the tables of the queue; it stays in the history.')
		.option('--older-than <days>', 'days since the end, at least 1', wholeNumber(1, 36_500), 30)
		.option('--dry-run', 'only say how much has ended that long ago')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Trees move whole: a run with its executions, an execution with its tasks, a task with its successors. One with a member
that still lives stays. Each step is a short transaction: stop it at any time, the next one goes on.
Every recovery moves some by itself; this is for a backlog.
Examples:
  $ master-orchestrator archive
  $ master-orchestrator archive --older-than 90 --dry-run`,
		)
		.action(archive);
}

async function archive({ olderThan: olderThanDays, dryRun, ...database }: ArchiveOptions): Promise<void> {
	await withOrchestrator(database, async ({ history }) => {
		const { tasks, executions, runs } = await history.archivable({ olderThanDays });
		const found = `${tasks} tasks, ${executions} executions and ${runs} runs ended more than ${olderThanDays} days ago`;
		if (dryRun) {
			printLine(`${found}; nothing was moved. Trees with a member that lives would stay.`);
			return;
		}
		process.stderr.write(`${found}.\n`);
		const moved = await moveAll(history, olderThanDays);
		const forgotten = await purgeAll(history);
		printLine(
			`${moved.tasks} tasks and ${moved.executions} executions and runs archived; ` +
				`${forgotten.keys} idempotency keys and ${forgotten.receipts} receipts forgotten.`,
		);
	});
}

/** Until the passes found nothing more; says every two seconds how far it is. */
async function moveAll(history: Orchestrator['history'], olderThanDays: number) {
	const sum = { tasks: 0, executions: 0 };
	let saidAt = performance.now();
	for (let more = true; more;) {
		const step = await history.archive({ olderThanDays });
		more = step.more;
		sum.tasks += step.tasks;
		sum.executions += step.executions;
		if (performance.now() - saidAt < 2000) continue;
		saidAt = performance.now();
		process.stderr.write(`${sum.tasks} tasks, ${sum.executions} executions and runs so far\n`);
	}
	return sum;
}

async function purgeAll(history: Orchestrator['history']) {
	const sum = { keys: 0, receipts: 0 };
	for (let more = true; more;) {
		const step = await history.purge();
		more = step.more;
		sum.keys += step.keys;
		sum.receipts += step.receipts;
	}
	return sum;
}
