import { Command } from 'commander';
import { exitCodeOf, type Finding } from '../../core';
import { checkAddress, type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { plain } from '../plain-text';
import { printJson, printLine } from '../print';

interface DoctorOptions extends DatabaseOptions {
	n8nDatabaseUrl?: string;
	json?: true;
}

const SIGNS = { ok: 'ok     ', warning: 'warning', problem: 'PROBLEM' } as const;

export function doctorCommand(): Command {
	return new Command('doctor')
		.description('Examine the database: connection, version, schema drift, clocks, locks, slots, upkeep.')
		.option('--json', 'every finding as JSON: check, severity, what, value, expected, action')
		.option('--n8n-database-url <address>', 'n8n’s own database, to compare its time zone')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Changes nothing. Exit codes: 0 all well, 1 warnings, 2 problems.
Examples:
  $ master-orchestrator doctor
  $ master-orchestrator doctor --json | jq '.[] | select(.severity != "ok")'`,
		)
		.action(doctor);
}

async function doctor({ n8nDatabaseUrl, json, ...database }: DoctorOptions): Promise<void> {
	const hostDatabaseUrl =
		n8nDatabaseUrl === undefined ? {} : { hostDatabaseUrl: checkAddress(n8nDatabaseUrl) };
	const findings = await withOrchestrator(
		database,
		async (door) => await door.doctor.examine({ localTime: () => new Date(), ...hostDatabaseUrl }),
	);
	if (json) printJson(findings);
	else printLine(render(findings));
	process.exitCode = exitCodeOf(findings);
}

function render(findings: readonly Finding[]): string {
	const lines = findings.flatMap(({ severity, what, value, expected, action }) => [
		`${SIGNS[severity]}  ${what}: ${plain(value)}`,
		...(severity === 'ok' ? [] : [`         expected: ${expected}`, `         what to do: ${plain(action)}`]),
	]);
	const count = (severity: Finding['severity']) =>
		findings.filter((each) => each.severity === severity).length;
	return [...lines, `${count('problem')} problems, ${count('warning')} warnings, ${count('ok')} fine.`].join(
		'\n',
	);
}
