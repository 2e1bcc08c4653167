import { Command } from 'commander';
import { analyzeCommand } from './dead-letters/analyze';
import { discardCommand } from './dead-letters/discard';
import { inspectCommand } from './dead-letters/inspect';
import { listCommand } from './dead-letters/list';
import { redriveCommand } from './dead-letters/redrive';

export function deadLettersCommand(): Command {
	return new Command('dead-letters')
		.description('Look at the tasks that died, put them back into the queue, or give them up.')
		.addCommand(listCommand())
		.addCommand(analyzeCommand())
		.addCommand(inspectCommand())
		.addCommand(redriveCommand())
		.addCommand(discardCommand())
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator dead-letters analyze
  $ master-orchestrator dead-letters redrive --type content_pipeline --rate 10 --dry-run`,
		);
}
