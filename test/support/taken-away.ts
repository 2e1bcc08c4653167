import type { Client } from 'pg';

/** As if one of our executions had been worked on by this n8n execution, and had been taken away from it. Null: nobody knows where. */
export async function takeAway(
	db: Client,
	n8nExecutionId: string,
	n8nInstance: string | null = null,
): Promise<void> {
	await db.query('begin');
	const { rows } = await db.query<{ id: string }>(
		`insert into orchestrator.workflow_orchestration (kind, workflow_type, fair_key, priority, status, owner, slot_no, lease_until,
			endpoint_url, callback_url, limit_seconds, task_ids)
		values ('dispatch', 'content_pipeline', 'content_pipeline', 5, 'claimed', 'test', 1, now() + interval '30 s',
			'http://127.0.0.1', 'http://127.0.0.1', 300, '{1}') returning id`,
	);
	const steps = [
		`status = 'accepted', accepted_at = now(), deadline_at = now() + interval '5 min'`,
		`status = 'started', started_at = now(), n8n_execution_id = '${Number(n8nExecutionId)}'`,
		`status = 'expired', lease_until = null, finished_at = now()`,
	];
	for (const step of steps)
		await db.query(
			`update orchestrator.workflow_orchestration set ${step}, n8n_instance = $2 where id = $1`,
			[rows[0]?.id, n8nInstance],
		);
	await db.query('commit');
}
