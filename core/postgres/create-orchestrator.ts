import { setTimeout as sleep } from 'node:timers/promises';
import type { Orchestrator } from '../orchestrator';
import type { Logger } from '../ports';
import type { Connection } from './connection';
import { ContentStore } from './content-store';
import { DoctorStore } from './doctor-store';
import { DeadLetterStore } from './dead-letter-store';
import { EndpointStore } from './endpoint-store';
import { ExecutionStore } from './execution-store';
import { Gateway } from './gateway';
import { HistoryStore } from './history-store';
import { type ProbeTimes, WakeUpStore } from './listen';
import { SchemaStore } from './migrate';
import { MutexStore } from './mutex-store';
import { DEFAULT_POOL_MAX, leasePool, POOL_LINGER_MS } from './pool';
import { QueueStore } from './queue-store';
import { ModelStore, ResourceStore } from './resource-store';
import { RunStore } from './run-store';
import { TypeStore } from './type-store';

export type { Connection } from './connection';

export interface OrchestratorOptions {
	connection: Connection;
	/** Default: silent. */
	logger?: Logger;
	/** Connections a process holds to one database (S15); default 2. */
	poolMax?: number;
	/** How long the pool waits for its next user after `close`; default 10,000 ms, 0 = ends at once. */
	poolLingerMs?: number;
	/** How often the connection that listens is probed (default 30 s), and how long a probe may take (5 s). */
	probes?: ProbeTimes;
}

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Synchronous; connects at first use. Pools are shared per connection in the process. */
export function createOrchestrator(options: OrchestratorOptions): Orchestrator {
	const {
		connection,
		logger = SILENT,
		poolMax: max = DEFAULT_POOL_MAX,
		poolLingerMs: lingerMs = POOL_LINGER_MS,
	} = options;
	const lease = leasePool({ connection, logger, max, lingerMs });
	const gateway = new Gateway(lease, async (ms) => sleep(ms));
	const schema = new SchemaStore(gateway);
	return {
		schema,
		queue: new QueueStore(gateway),
		types: new TypeStore(gateway),
		deadLetters: new DeadLetterStore(gateway),
		executions: new ExecutionStore(gateway),
		runs: new RunStore(gateway, logger),
		resources: new ResourceStore(gateway),
		models: new ModelStore(gateway),
		endpoints: new EndpointStore(gateway),
		content: new ContentStore(gateway),
		mutexes: new MutexStore(gateway),
		history: new HistoryStore(gateway),
		doctor: new DoctorStore(gateway, connection, schema),
		wakeUps: new WakeUpStore(gateway, connection, logger, options.probes),
		close: () => lease.release(),
	};
}
