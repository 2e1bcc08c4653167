import { Command } from 'commander';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { printLine } from '../print';

interface MigrateOptions extends DatabaseOptions {
	dryRun?: boolean;
	reapply?: boolean;
}

export function migrateCommand(): Command {
	return new Command('migrate')
		.description('Create the orchestrator schema, or bring it up to date. Doing it twice changes nothing.')
		.addOption(databaseOption())
		.option('--dry-run', 'only say what would be applied')
		.option('--reapply', 'every function and right anew, which undoes what was changed by hand')
		.addHelpText(
			'after',
			`
Examples:
  $ DATABASE_URL=postgres://user:password@localhost:5432/n8n master-orchestrator migrate
  $ master-orchestrator migrate --dry-run`,
		)
		.action(migrate);
}

async function migrate({ dryRun = false, reapply = false, ...database }: MigrateOptions): Promise<void> {
	await withOrchestrator(database, async ({ schema }) => {
		const { applied, status } = await schema.migrate({ dryRun, reapply });
		const verb = dryRun ? 'would apply' : 'applied';
		for (const name of applied) printLine(`${verb} ${name}`);
		const version = `schema version ${status.databaseVersion}, Postgres ${status.postgresVersion}`;
		if (applied.length === 0) printLine(`Nothing to do: the database is up to date (${version}).`);
		else if (dryRun) printLine(`${applied.length} to apply; nothing was changed (${version}).`);
		else printLine(`The database is up to date (${version}).`);
	});
}
