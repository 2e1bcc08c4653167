import { Option } from 'commander';
import { createOrchestrator, InvalidInputError, type Orchestrator } from '../core';

/** Where the orchestrator's tables are; the environment wins nothing over an explicit option. */
export function databaseOption(): Option {
	return new Option('--database-url <address>', 'postgres://user:password@host:port/database').env(
		'DATABASE_URL',
	);
}

export interface DatabaseOptions {
	databaseUrl?: string;
}

/** Opens the core for one command and gives its connections back, also after an error. */
export async function withOrchestrator<T>(
	{ databaseUrl }: DatabaseOptions,
	work: (orchestrator: Orchestrator) => Promise<T>,
): Promise<T> {
	const orchestrator = createOrchestrator({
		connection: { connectionString: checkAddress(databaseUrl) },
		poolMax: 1,
		poolLingerMs: 0,
	});
	try {
		return await work(orchestrator);
	} finally {
		await orchestrator.close();
	}
}

/** The address is never repeated in a message: it carries the password. */
export function checkAddress(databaseUrl: string | undefined): string {
	const action = 'Set DATABASE_URL, or give --database-url postgres://user:password@host:5432/database.';
	if (databaseUrl === undefined || databaseUrl.trim() === '') {
		throw new InvalidInputError('No database was given.', action);
	}
	const address = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
	if (address?.protocol !== 'postgres:' && address?.protocol !== 'postgresql:') {
		throw new InvalidInputError('The database address is not a postgres:// address.', action);
	}
	return databaseUrl;
}
