import { Command } from 'commander';
import { openInstance } from '../live/instance';
import { unwrapLive } from '../live/wrap-live';
import { addInstanceOptions, addWriteOptions, type LiveCommandOptions, liveOptionsOf } from './live-options';
import { phaseOption } from './phase-option';

export function rollbackCommand(): Command {
	const command = new Command('rollback')
		.description('Bring the workflows of an n8n back to what they were before a migration phase.')
		.addOption(phaseOption())
		.option('--workflow <ids...>', 'only these (default: every wrapped workflow)');
	return addWriteOptions(addInstanceOptions(command))
		.addHelpText(
			'after',
			`
Phase 1: takes the locks out of every wrapped workflow, in place. Asks nothing. What runs goes on, ends as it would have
ended and gives its lock back; triggers stay live and remember how far they came. Without the locks the workflows can
overlap again. Exit code 0 when everything is back, 1 when something could not be; a second time changes nothing.
Examples:
  $ N8N_URL=https://n8n.example.com N8N_API_KEY=… master-orchestrator rollback --phase 1 --dry-run
  $ master-orchestrator rollback --phase 1
  $ master-orchestrator rollback --phase 1 --workflow 7xQf2aLm`,
		)
		.action(rollBack);
}

async function rollBack(options: LiveCommandOptions): Promise<void> {
	await unwrapLive(openInstance(options), { ...liveOptionsOf(options), skipRefused: true });
}
