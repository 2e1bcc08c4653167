import type { Orchestrator } from '../orchestrator';
import type { Logger } from '../ports';
import type { Connection } from './connection';

export type { Connection } from './connection';

export interface OrchestratorOptions {
	connection: Connection;
	/** Default: silent. */
	logger?: Logger;
	/** Connections a process holds to one database (S15); default 2. */
	poolMax?: number;
}

/** Synchronous; connects at first use. Pools are shared per connection in the process. */
export function createOrchestrator(_options: OrchestratorOptions): Orchestrator {
	throw new Error('The Postgres adapter comes with the next commit.');
}
