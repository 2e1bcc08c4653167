import { Command } from 'commander';
import { type Anomaly, type Orchestrator, stopZombies } from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { type InstanceOptions, openInstance, requireScopes } from '../live/instance';
import { plain } from '../plain-text';
import { printLine } from '../print';
import { addInstanceOptions } from './live-options';

interface RecoverOptions extends DatabaseOptions, InstanceOptions {
	dryRun?: true;
	stopZombies?: true;
}

export function recoverCommand(): Command {
	const command = new Command('recover')
		.description(
			'Look for everything that should not be, and repair it: what every pass does, and a deeper look.',
		)
		.option('--dry-run', 'change nothing: only say what is wrong and what would be done')
		.option('--stop-zombies', 'ask n8n to stop executions that were taken away and still run')
		.addOption(databaseOption());
	return addInstanceOptions(command)
		.addHelpText(
			'after',
			`
Expired leases are decided, due tasks promoted, orphaned slots, executions and tasks set right; every anomaly has a row in
orchestrator.anomalies. --stop-zombies needs N8N_URL and N8N_API_KEY with the scope execution:stop.
Examples:
  $ master-orchestrator recover --dry-run
  $ master-orchestrator recover --stop-zombies`,
		)
		.action(recover);
}

async function recover({
	dryRun,
	stopZombies: stop,
	databaseUrl,
	...instance
}: RecoverOptions): Promise<void> {
	const database = databaseUrl === undefined ? {} : { databaseUrl };
	await withOrchestrator(database, async ({ runs }) => {
		const found = await runs.findAnomalies({ deep: true });
		for (const each of found) printLine(describeAnomaly(each, dryRun === true));
		if (found.length === 0) printLine('Nothing is wrong.');
		if (dryRun) return;
		if (stop) await stopEach(runs, instance);
		await repair(runs);
	});
}

async function stopEach(runs: Orchestrator['runs'], instance: InstanceOptions): Promise<void> {
	const api = openInstance(instance);
	await requireScopes(api, ['execution:stop']);
	for (const { n8nExecutionId, ended } of await stopZombies(runs, (id) => api.stopExecution(id))) {
		printLine(
			`n8n execution ${n8nExecutionId}: ${ended ? 'does not run any more' : 'was asked to stop and still runs'}`,
		);
	}
}

async function repair(runs: Orchestrator['runs']): Promise<void> {
	const passed = await runs.recover();
	const deep = await runs.handleAnomalies({ deep: true });
	const repaired = passed.anomalies.repaired + deep.repaired;
	printLine(
		`${passed.expiredExecutions} executions expired, ${passed.requeuedTasks} tasks to be tried again, ${passed.deadTasks} dead, ` +
			`${passed.promotedTasks} due, ${passed.abandonedRuns} runs ended, ${repaired} anomalies repaired, ${deep.open} open.`,
	);
}

function describeAnomaly(
	{ kind, entity, entityId, action, exitCriterion, procedure }: Anomaly,
	dryRun: boolean,
): string {
	const verb = dryRun ? 'would be done' : 'done';
	return `${kind}: ${entity} ${plain(entityId)}\n  ${verb} (${procedure}): ${action}\n  over when: ${exitCriterion}`;
}
