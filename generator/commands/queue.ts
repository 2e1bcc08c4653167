import { Command } from 'commander';
import { cancelCommand } from './queue/cancel';
import { explainCommand } from './queue/explain';
import { keysCommand } from './queue/keys';
import { pauseCommand, resumeCommand } from './queue/pause';
import { peekCommand } from './queue/peek';
import { weightCommand } from './queue/weight';
import { whyIdleCommand } from './queue/why-idle';

export function queueCommand(): Command {
	return new Command('queue')
		.description('Work the queue by hand: look, explain, pause, weigh, cancel.')
		.addCommand(peekCommand())
		.addCommand(keysCommand())
		.addCommand(explainCommand())
		.addCommand(whyIdleCommand())
		.addCommand(pauseCommand())
		.addCommand(resumeCommand())
		.addCommand(weightCommand())
		.addCommand(cancelCommand())
		.addHelpText(
			'after',
			`
“master-orchestrator tasks” lists the tasks in every state.
Examples:
  $ master-orchestrator queue explain 17
  $ master-orchestrator queue pause --type content_pipeline --reason "the provider is down"`,
		);
}
