import { Command } from 'commander';
import { archiveCommand } from './commands/archive';
import { checkCommand } from './commands/check';
import { deadLettersCommand } from './commands/dead-letters';
import { doctorCommand } from './commands/doctor';
import { enqueueCommand } from './commands/enqueue';
import { generateCommand } from './commands/generate';
import { historyCommand } from './commands/history';
import { migrateCommand } from './commands/migrate';
import { modelCommand } from './commands/model';
import { queueCommand } from './commands/queue';
import { recoverCommand } from './commands/recover';
import { rollbackCommand } from './commands/rollback';
import { sendTestCommand } from './commands/send-test';
import { taskCommand } from './commands/task';
import { tasksCommand } from './commands/tasks';
import { typeCommand } from './commands/type';
import { unwrapCommand } from './commands/unwrap';
import { validateCommand } from './commands/validate';
import { wrapCommand } from './commands/wrap';

const OVERVIEW = `
Examples:
  $ master-orchestrator migrate
  $ master-orchestrator generate --phase 2 --out workflows/phase-2
  $ master-orchestrator enqueue samples/topics.csv
  $ master-orchestrator tasks
  $ master-orchestrator wrap exports/*.json --out wrapped
  $ master-orchestrator validate --phase 1

The database comes from DATABASE_URL or --database-url.
Exit codes: 0 done, 1 failed (or a part of it did), 2 wrong usage.`;

/** The command line as data; commander throws instead of ending the process, so that one place writes errors. */
export function createProgram(): Command {
	const program = new Command('master-orchestrator')
		.description('Sets up, feeds and watches a Master Orchestrator for n8n.')
		.addHelpText('after', OVERVIEW);
	const commands = [
		generateCommand(),
		migrateCommand(),
		enqueueCommand(),
		tasksCommand(),
		taskCommand(),
		queueCommand(),
		typeCommand(),
		deadLettersCommand(),
		historyCommand(),
		archiveCommand(),
		doctorCommand(),
		recoverCommand(),
		sendTestCommand(),
		modelCommand(),
		wrapCommand(),
		unwrapCommand(),
		validateCommand(),
		rollbackCommand(),
		checkCommand(),
	];
	for (const command of commands) program.addCommand(command);
	prepare(program);
	return program;
}

/** Inherited settings do not reach commands that were made apart, so each gets them. */
function prepare(command: Command): void {
	command.exitOverride().option('--verbose', 'show where an error arose');
	command.configureOutput({ outputError: () => undefined });
	for (const child of command.commands) prepare(child as Command);
}
