import { Command } from 'commander';
import { listCommand } from './type/list';
import { setCommand } from './type/set';
import { showCommand } from './type/show';

export function typeCommand(): Command {
	return new Command('type')
		.description('Show or change what is configured of a workflow type: limits, retries, cadence, batches.')
		.addCommand(listCommand())
		.addCommand(showCommand())
		.addCommand(setCommand())
		.addHelpText(
			'after',
			`
Examples:
  $ master-orchestrator type show content_pipeline
  $ master-orchestrator type set content_pipeline --max-attempts 3 --queue-limit-seconds 3600`,
		);
}
