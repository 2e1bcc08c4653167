import { z } from 'zod/v4';
import { jsonObject } from '../contract';
import type { Anomaly, HandledAnomaly, Zombie, ZombieFilter } from '../run/run';
import { type Gateway, instant } from './gateway';

const anomaly: z.ZodType<Anomaly> = z.object({
	kind: z.string(),
	entity: z.string(),
	entityId: z.string(),
	detail: jsonObject,
	procedure: z.string(),
	action: z.string(),
	exitCriterion: z.string(),
});
const handled: z.ZodType<HandledAnomaly> = z.object({
	kind: z.string(),
	entity: z.string(),
	entityId: z.string(),
	procedure: z.string(),
	result: jsonObject,
	over: z.boolean(),
	exitCriterion: z.string(),
});
const zombie: z.ZodType<Zombie> = z.object({
	executionId: z.string(),
	epoch: z.number(),
	workflowType: z.string(),
	n8nInstance: z.string().nullable(),
	n8nExecutionId: z.string(),
	takenAwayAt: instant,
	stopAskedAt: instant.nullable(),
});

/** What is wrong now, with what would be done about it. */
export async function findAnomalies(gateway: Gateway, deep: boolean, limit: number): Promise<Anomaly[]> {
	const sql = `select kind, entity, entity_id as "entityId", detail, procedure, action, exit_criterion as "exitCriterion"
		from orchestrator.list_anomalies($1, $2)`;
	return gateway.rows(anomaly, sql, [deep, limit]);
}

/** What was found, with what came of it. */
export async function openAnomalies(
	gateway: Gateway,
	withinSeconds: number,
	limit: number,
): Promise<HandledAnomaly[]> {
	const sql = `select kind, entity, entity_id as "entityId", procedure, result, over, exit_criterion as "exitCriterion"
		from orchestrator.open_anomalies(make_interval(secs => $1), $2)`;
	return gateway.rows(handled, sql, [withinSeconds, limit]);
}

export async function findZombies(
	gateway: Gateway,
	{ n8nInstance, limit }: ZombieFilter & { limit: number },
): Promise<Zombie[]> {
	const sql = `select execution_id as "executionId", epoch, workflow_type as "workflowType", n8n_instance as "n8nInstance",
		n8n_execution_id as "n8nExecutionId", taken_away_at as "takenAwayAt", stop_asked_at as "stopAskedAt"
		from orchestrator.find_zombies($1, $2)`;
	return gateway.rows(zombie, sql, [n8nInstance === null ? '' : n8nInstance, limit]);
}
