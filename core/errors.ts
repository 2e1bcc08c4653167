/** Every failure that the house raises on purpose. `code` is stable and documented; `action` says what to do next. */
export abstract class OrchestratorError extends Error {
	abstract readonly code: string;

	constructor(
		message: string,
		readonly action: string,
		options?: { cause?: unknown },
	) {
		super(message, options);
		this.name = new.target.name;
	}
}

/** Outside input (a parameter, a file, an envelope) that does not have the expected shape. */
export class InvalidInputError extends OrchestratorError {
	readonly code = 'MO_INVALID_INPUT';
}

/** A task or endpoint names a workflow type that is not registered. */
export class UnknownWorkflowTypeError extends OrchestratorError {
	readonly code = 'MO_UNKNOWN_WORKFLOW_TYPE';
}

/** A task input larger than the bound; nothing was stored. */
export class PayloadTooLargeError extends OrchestratorError {
	readonly code = 'MO_PAYLOAD_TOO_LARGE';
}

/** The database does not answer (refused, unknown host, timeout, too many connections). */
export class DatabaseUnreachableError extends OrchestratorError {
	readonly code = 'MO_DATABASE_UNREACHABLE';
}

/** The database refuses the login. */
export class DatabaseLoginError extends OrchestratorError {
	readonly code = 'MO_DATABASE_LOGIN';
}

/** The server is older than the oldest supported Postgres. */
export class PostgresTooOldError extends OrchestratorError {
	readonly code = 'MO_POSTGRES_TOO_OLD';
}

/** The schema is missing or older than this code needs. */
export class SchemaOutdatedError extends OrchestratorError {
	readonly code = 'MO_SCHEMA_OUTDATED';
}

/** The schema was migrated by a newer release than this code serves. */
export class SchemaTooNewError extends OrchestratorError {
	readonly code = 'MO_SCHEMA_TOO_NEW';
}

/** A migration file differs from what was applied. */
export class MigrationDriftError extends OrchestratorError {
	readonly code = 'MO_MIGRATION_DRIFT';
}

/** A state change that the transition table forbids; the database refused it. */
export class IllegalTransitionError extends OrchestratorError {
	readonly code = 'MO_ILLEGAL_TRANSITION';
}

/** The heartbeat's slot was taken over or finished before the run began. */
export class SlotLostError extends OrchestratorError {
	readonly code = 'MO_SLOT_LOST';
}

/** The execution that works was taken away: expired or cancelled. What it does is not applied any more. */
export class ExecutionLostError extends OrchestratorError {
	readonly code = 'MO_EXECUTION_LOST';
}

/** Another transaction holds what this one needs (a lock, a deadlock, no free connection): try again shortly. */
export class DatabaseBusyError extends OrchestratorError {
	readonly code = 'MO_DATABASE_BUSY';
}

/** A refusal that may pass by itself. */
export abstract class PassingRefusalError extends OrchestratorError {
	constructor(
		message: string,
		action: string,
		/** From when a retry is worth while, as the one who refused says; null = unknown. */
		readonly retryAt: Date | null,
	) {
		super(message, action);
	}
}

/** A language model answered with anything but a completion; `retryAt` is the provider's own word. */
export class LlmRefusedError extends PassingRefusalError {
	readonly code = 'MO_LLM_REFUSED';
}

/** Nothing came back from a language model: no route, no answer in time, a connection cut. */
export class LlmUnreachableError extends OrchestratorError {
	readonly code = 'MO_LLM_UNREACHABLE';
}

/** A named lock is held by another, and the node was told to fail, or waited as long as it may; `retryAt` ends the first lease. */
export class LockBusyError extends PassingRefusalError {
	readonly code = 'MO_LOCK_BUSY';

	constructor(
		message: string,
		action: string,
		readonly reason: 'held' | 'draining' | 'waiters_first' | 'another_waits',
		retryAt: Date | null,
	) {
		super(message, action, retryAt);
	}
}

/** The signing secret is missing or too weak; verification fails closed. */
export class SigningSecretError extends OrchestratorError {
	readonly code = 'MO_SIGNING_SECRET';
}

/** n8n was asked to stop an execution, and its answer says nothing of it: no key, no right, another server. */
export class N8nRefusedStopError extends OrchestratorError {
	readonly code = 'MO_N8N_STOP';
}

/** Any other error of the database, with its SQLSTATE. */
export class DatabaseError extends OrchestratorError {
	readonly code = 'MO_DATABASE';

	constructor(
		message: string,
		readonly sqlState: string | undefined,
		options?: { cause?: unknown },
	) {
		super(
			message,
			'Read the message of the database above; if it repeats, report it with this SQLSTATE.',
			options,
		);
	}
}
