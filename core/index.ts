/** The core's one door: composition root, contract, errors, and the pure decisions that the faces need. */
export * from './callback';
export * from './content';
export * from './contract';
export * from './dispatch';
export * from './doctor';
export * from './errors';
export * from './history';
export * from './llm';
export * from './mutex';
export type * from './orchestrator';
export type * from './ports';
export * from './queue/cancel';
export * from './queue/claim';
export * from './queue/claim-model';
export type * from './queue/claim-snapshot';
export * from './queue/explain';
export * from './queue/gate';
export * from './queue/idle';
export * from './queue/score';
export * from './queue/type';
export * from './resources/models';
export type * from './resources/snapshot';
export { isSecretName, redact, REDACTED, redactText } from './redaction';
export * from './retry/backoff';
export * from './run/execution';
export * from './run/run';
export * from './run/stale';
export * from './run/stop-answer';
export * from './run/stop-zombies';
export * from './schedule/batch-size';
export * from './schedule/plan';
export * from './schedule/queue-mode';
export * from './schedule/slot';
export * from './signing';
export * from './task/calls';
export * from './task/check-letter-filter';
export * from './task/write-new-tasks';
export type * from './task/dead-letter';
export * from './task/successor';
export * from './task/task';
export * from './task/transitions';
export {
	type Connection,
	createOrchestrator,
	type OrchestratorOptions,
} from './postgres/create-orchestrator';
