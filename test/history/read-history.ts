import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod/v4';
import * as records from './records';
import type { History, Sighting } from './records';

/** Runs one statement and answers its rows: a test's database or a client of its own. */
export type Ask = (sql: string) => Promise<Record<string, unknown>[]>;

/** Reads everything in one statement, so that it is one snapshot however much goes on. */
export async function readHistory(ask: Ask, witnessFile: string): Promise<History> {
	const [row] = await ask(SNAPSHOT);
	return { ...snapshot.parse(row?.history), sightings: readSightings(witnessFile) };
}

/** A line that a killed process left half written is its last one; it is no sighting. */
export function readSightings(file: string): Sighting[] {
	if (!existsSync(file)) return [];
	const lines = readFileSync(file, 'utf8').split('\n');
	return lines
		.filter((line) => line.startsWith('{') && line.endsWith('}'))
		.map((line) => records.sighting.parse(JSON.parse(line)));
}

const snapshot = z.object({
	transitions: z.array(records.transition),
	executions: z.array(records.execution),
	tasks: z.array(records.task),
	receipts: z.array(records.receipt),
	failures: z.array(records.failure),
	limits: records.limits,
	effects: z.array(records.effect),
	visits: z.array(records.visit),
	outcomes: z.array(records.outcome),
});

const SNAPSHOT = `select jsonb_build_object(
	'transitions', (select coalesce(jsonb_agg(jsonb_build_object('seq', seq, 'entity', entity, 'taskId', task_id,
		'executionId', execution_id, 'from', from_state, 'to', to_state, 'epoch', epoch, 'at', at, 'actor', actor) order by seq), '[]')
		from orchestrator.state_transitions),
	'executions', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'kind', kind, 'workflowType', workflow_type,
		'fairKey', fair_key, 'epoch', epoch, 'slotNo', slot_no, 'slotKey', slot_key, 'status', status, 'taskIds', task_ids)), '[]')
		from orchestrator.workflow_orchestration),
	'tasks', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'workflowType', workflow_type, 'fairKey', fair_key,
		'idempotencyKey', idempotency_key, 'state', state, 'executionId', execution_id) order by id), '[]') from orchestrator.tasks),
	'receipts', (select coalesce(jsonb_agg(jsonb_build_object('webhookId', webhook_id, 'executionId', execution_id,
		'epoch', epoch, 'outcome', outcome)), '[]') from orchestrator.callback_receipts),
	'failures', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'taskId', task_id, 'executionId', execution_id,
		'epoch', epoch, 'action', recovery_action) order by id), '[]') from orchestrator.failures),
	'limits', jsonb_build_object(
		'slots', (select count(*) from orchestrator.execution_slots),
		'types', (select jsonb_object_agg(workflow_type, max_concurrent) from orchestrator.workflow_types),
		'keys', (select coalesce(jsonb_object_agg(fair_key, jsonb_build_object('weight', weight, 'workflowType', workflow_type)), '{}')
			from orchestrator.fair_keys),
		'legal', (select jsonb_agg(jsonb_build_object('entity', entity, 'from', from_state, 'to', to_state))
			from orchestrator.legal_transitions)),
	'effects', (select coalesce(jsonb_agg(jsonb_build_object('workflowType', workflow_type, 'idempotencyKey', idempotency_key,
		'taskId', task_id, 'executionId', execution_id, 'epoch', epoch, 'afterSeq', after_seq) order by id), '[]') from witness.effects),
	'visits', (select coalesce(jsonb_agg(jsonb_build_object('taskId', task_id, 'epoch', epoch, 'eligibleAt', eligible_at)), '[]')
		from witness.visits),
	'outcomes', (select coalesce(jsonb_agg(jsonb_build_object('taskId', task_id, 'epoch', epoch, 'state', state) order by id), '[]')
		from witness.outcomes)) as history`;
