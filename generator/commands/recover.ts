import { Command, Option } from 'commander';
import {
	type Anomaly,
	type HandledAnomaly,
	type Orchestrator,
	type Recoverable,
	stopZombies,
	zombiesElsewhere,
	type ZombiesElsewhere,
} from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { type InstanceOptions, openInstance, requireScopes } from '../live/instance';
import { plain } from '../plain-text';
import { printLine } from '../print';
import { addInstanceOptions } from './live-options';

interface RecoverOptions extends DatabaseOptions, InstanceOptions {
	dryRun?: true;
	stopZombies?: true;
	instance?: string;
}

export function recoverCommand(): Command {
	const command = new Command('recover')
		.description(
			'Look for everything that should not be, and repair it: what every pass does, and a deeper look.',
		)
		.option('--dry-run', 'change nothing: only say what is wrong and what would be done')
		.option('--stop-zombies', 'ask n8n to stop executions that were taken away and still run')
		.addOption(
			new Option(
				'--instance <id>',
				'instance id of the n8n that is asked to stop executions (n8n shows it under Help → About)',
			).env('N8N_INSTANCE_ID'),
		)
		.addOption(databaseOption());
	return addInstanceOptions(command)
		.addHelpText(
			'after',
			`
Expired leases are decided, due tasks promoted, orphaned slots, executions and tasks set right; every anomaly has a row in
orchestrator.anomalies. --stop-zombies needs N8N_URL and N8N_API_KEY with the scope execution:stop. n8n's API does not tell which
n8n answers, and several may share a database and have executions of the same id: only those are stopped that are known to run
in the n8n of --instance, or of which nobody knows where they run; the rest is named with its instance.
Examples:
  $ master-orchestrator recover --dry-run
  $ master-orchestrator recover --stop-zombies --instance 2f1c…`,
		)
		.action(recover);
}

async function recover({
	dryRun,
	stopZombies: stop,
	instance,
	databaseUrl,
	...address
}: RecoverOptions): Promise<void> {
	const database = databaseUrl === undefined ? {} : { databaseUrl };
	await withOrchestrator(database, async ({ runs }) => {
		if (dryRun) return await preview(runs);
		if (stop) await stopEach(runs, instance?.trim() || null, address);
		await repair(runs);
	});
}

async function preview(runs: Orchestrator['runs']): Promise<void> {
	const [found, recoverable] = [await runs.findAnomalies({ deep: true }), await runs.recoverable()];
	const steps = stepsOf(recoverable);
	for (const each of found) printLine(describeAnomaly(each));
	if (steps.length > 0) printLine(`Recovery would: ${steps.join('; ')}.`);
	if (found.length === 0 && steps.length === 0) printLine('Nothing is wrong.');
}

/** In words, only what there is to do. */
function stepsOf(now: Recoverable): string[] {
	return [
		...count(
			now.expiredExecutions,
			'execution whose lease ran out',
			'executions whose lease ran out',
			'expire',
		),
		...count(now.stuckRuns, 'run that is stuck', 'runs that are stuck', 'end'),
		...count(
			now.overdueTasks,
			'task past its deadline for waiting',
			'tasks past their deadline for waiting',
			'bury',
		),
		...count(now.dueTasks, 'task that is due', 'tasks that are due', 'put back into the queue'),
		...count(now.oldDeadLetters, 'dead letter past its time', 'dead letters past their time', 'remove'),
	];
}

function count(n: number, one: string, many: string, verb: string): string[] {
	return n === 0 ? [] : [`${verb} ${n} ${n === 1 ? one : many}`];
}

async function stopEach(
	runs: Orchestrator['runs'],
	n8nInstance: string | null,
	address: InstanceOptions,
): Promise<void> {
	const api = openInstance(address);
	await requireScopes(api, ['execution:stop']);
	for (const each of zombiesElsewhere(await runs.zombies(), n8nInstance)) {
		printLine(describeElsewhere(each, n8nInstance));
	}
	const stopped = await stopZombies(runs, (id) => api.stopExecution(id), { n8nInstance });
	for (const { n8nExecutionId, ended } of stopped) {
		printLine(
			`n8n execution ${n8nExecutionId}: ${ended ? 'does not run any more' : 'was asked to stop and still runs'}`,
		);
	}
}

function describeElsewhere({ n8nInstance, n8nExecutionIds }: ZombiesElsewhere, here: string | null): string {
	const next =
		here === null
			? `if N8N_URL leads to it, run this again with --instance ${plain(n8nInstance)}; if not, also with address and key of that n8n`
			: `run this with address and key of that n8n and --instance ${plain(n8nInstance)}`;
	return `n8n execution ${plain(n8nExecutionIds.join(', '))} of the n8n ${plain(n8nInstance)}: left alone; ${next}`;
}

/** Repairs first; then what was found is told with what came of it, as the database wrote it down. */
async function repair(runs: Orchestrator['runs']): Promise<void> {
	const began = performance.now();
	const passed = await runs.recover();
	const deep = await runs.handleAnomalies({ deep: true });
	// A second more than we were at it: the answer took its way.
	const withinSeconds = (performance.now() - began) / 1000 + 1;
	for (const each of await runs.openAnomalies({ withinSeconds })) printLine(describeResult(each));
	const repaired = passed.anomalies.repaired + deep.repaired;
	printLine(
		`${passed.expiredExecutions} executions expired, ${passed.requeuedTasks} tasks to be tried again, ${passed.deadTasks} dead, ` +
			`${passed.promotedTasks} due, ${passed.abandonedRuns} runs ended, ${repaired} anomalies repaired, ${deep.open} open.`,
	);
}

function describeAnomaly({ kind, entity, entityId, action, exitCriterion, procedure }: Anomaly): string {
	return `${kind}: ${entity} ${plain(entityId)}\n  would be done (${procedure}): ${action}\n  over when: ${exitCriterion}`;
}

function describeResult({
	kind,
	entity,
	entityId,
	procedure,
	result,
	over,
	exitCriterion,
}: HandledAnomaly): string {
	const { repaired, ...rest } = result;
	const more = Object.keys(rest).length === 0 ? '' : ` ${plain(JSON.stringify(rest))}`;
	const outcome =
		repaired === true ? `repaired by ${procedure}` : `not repaired by this command (${procedure})`;
	return `${kind}: ${entity} ${plain(entityId)}\n  ${outcome}${more}\n  ${over ? 'over' : 'open, until'}: ${exitCriterion}`;
}
