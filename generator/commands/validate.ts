import { Command, InvalidArgumentError, Option } from 'commander';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { PhaseInvalidError } from '../failure';
import { type InstanceOptions, openInstance } from '../live/instance';
import { gatherFacts } from '../phase-check/facts';
import { checkPhase1 } from '../phase-check/phase-1';
import { describeChecks } from '../phase-check/report-text';
import { during } from '../progress';
import { addInstanceOptions } from './live-options';
import { phaseOption } from './phase-option';
import { printJson, printLine } from '../print';

interface ValidateOptions extends InstanceOptions, DatabaseOptions {
	json?: true;
	incidentsWithin: number;
}

export function validateCommand(): Command {
	const command = new Command('validate')
		.description('Say whether a migration phase holds what it promises, on a running n8n and its database.')
		.addOption(phaseOption());
	return addInstanceOptions(command)
		.addOption(databaseOption())
		.addOption(
			new Option('--incidents-within <hours>', 'how far back a lost lock counts')
				.argParser(readHours)
				.default(24),
		)
		.option('--json', 'one JSON document instead of a table')
		.addHelpText(
			'after',
			`
Changes nothing. Exit code 0 when nothing failed; a notice is no failure, a check that could not be made is one.
Examples:
  $ N8N_URL=https://n8n.example.com N8N_API_KEY=… DATABASE_URL=postgres://… master-orchestrator validate --phase 1
  $ master-orchestrator validate --phase 1 --json`,
		)
		.action(validate);
}

async function validate({ json, incidentsWithin, ...options }: ValidateOptions): Promise<void> {
	const api = openInstance(options);
	const facts = await during(
		'reading n8n and the database',
		gatherFacts(api, async (work) => await withOrchestrator(options, work)),
	);
	const checks = checkPhase1(facts, { now: new Date(), withinHours: incidentsWithin });
	const bad = checks.filter(({ state }) => state === 'failed' || state === 'skipped');
	if (json) printJson({ phase: 1, ok: bad.length === 0, checks });
	else printLine(describeChecks(checks));
	if (bad.length === 0) return;
	throw new PhaseInvalidError(
		`${bad.length} of ${checks.length} checks did not pass: ${bad.map(({ code }) => code).join(', ')}.`,
		'Each finding above says what to do; then run it again.',
	);
}

function readHours(text: string): number {
	const hours = Number(text);
	if (!(hours > 0)) throw new InvalidArgumentError('It must be a number of hours above 0.');
	return hours;
}
