import { INPUT, TYPE, unwatched } from './ours.mjs';

const ENDED = "at + interval '4 s'";
const STATES = {
	execution: ['claimed', 'accepted', 'started', 'reported'],
	task: ['queued', 'claimed', 'running', 'succeeded'],
};

/**
 * What an execution of one task leaves behind, per table: columns and what they get from a row of `past`. Tasks and
 * executions are born small and changed when they end (`ended`), as in life: what their first versions took is free space
 * all over the table, which what comes later fills.
 */
const REMAINS = [
	{
		table: 'workflow_orchestration',
		values: {
			id: 'execution_id',
			kind: "'dispatch'",
			workflow_type: `'${TYPE}'`,
			fair_key: 'fair_key',
			priority: 'priority',
			status: "'claimed'",
			owner: "'bench'",
			slot_no: '1',
			last_at: 'at',
			lease_until: ENDED,
			endpoint_url: "'http://127.0.0.1:5678/webhook/bench/task'",
			callback_url: "'http://127.0.0.1:5678/webhook/bench/callback'",
			webhook_id: "'wh_' || execution_id",
			limit_seconds: '300',
			task_ids: 'array[task_id]',
			created_at: 'at',
		},
		ended: {
			status: "'reported'",
			lease_until: 'null',
			deadline_at: "at + interval '5 min'",
			n8n_execution_id: 'n::text',
			duration_ms: '4000',
			accepted_at: 'at',
			started_at: 'at',
			finished_at: ENDED,
		},
	},
	{
		table: 'tasks',
		values: {
			id: 'task_id',
			workflow_type: `'${TYPE}'`,
			fair_key: 'fair_key',
			idempotency_key: 'key',
			state: "'queued'",
			priority: 'priority',
			input: `'${JSON.stringify(INPUT)}'`,
			eligible_at: 'at',
			created_at: 'at',
		},
		ended: {
			state: "'succeeded'",
			result: `'{"words": 600}'`,
			epoch: '1',
			first_claimed_at: 'at',
			last_claimed_at: 'at',
			finished_at: ENDED,
		},
	},
	{
		table: 'idempotency_keys',
		values: { workflow_type: `'${TYPE}'`, idempotency_key: 'key', task_id: 'task_id', created_at: 'at' },
	},
	{
		table: 'callback_receipts',
		values: {
			webhook_id: "'cb_' || execution_id",
			execution_id: 'execution_id',
			epoch: '1',
			outcome: "'applied'",
			received_at: ENDED,
		},
	},
	...Object.entries(STATES).map(([entity, states]) => ({
		table: 'state_transitions',
		states,
		values: {
			entity: `'${entity}'`,
			task_id: entity === 'task' ? 'task_id' : 'null',
			execution_id: 'execution_id',
			from_state: 'from_state',
			to_state: 'to_state',
			epoch: '1',
			at: 'at',
			actor: "'bench'",
		},
	})),
];

/** `count` executions, dispatched over the last 30 days and all reported, with their tasks, keys, receipts and log. */
export async function livePast(admin, { from, count, keys }) {
	await unwatched(admin, async () => {
		await admin.query('begin');
		await admin.query(
			`create temporary table past on commit drop as
			select n, gen_random_uuid() as execution_id, nextval('orchestrator.tasks_id_seq') as task_id,
				gen_random_uuid()::text as key, $1 || ':k' || n % $2::int as fair_key, (1 + n % 10)::smallint as priority,
				now() - make_interval(secs => random() * 2592000) as at
			from generate_series($3::int, $3::int + $4::int - 1) n`,
			[TYPE, keys, from, count],
		);
		await admin.query('analyze past');
		for (const remains of REMAINS) await leave(admin, remains);
		await admin.query('commit');
	});
}

async function leave(admin, { table, states = [null], values, ended }) {
	for (const [step, state] of states.entries()) {
		await admin.query(
			`insert into orchestrator.${table} (${Object.keys(values).join(', ')})
			select ${Object.values(values).join(', ')} from past
			cross join (values (${quoted(states[step - 1])}, ${quoted(state)})) step(from_state, to_state)`,
		);
	}
	if (!ended) return;
	const changes = Object.entries(ended).map(([column, expression]) => `${column} = ${expression}`);
	await admin.query(
		`update orchestrator.${table} row set ${changes.join(', ')} from past where row.id = past.${values.id}`,
	);
}

const quoted = (state) => (state ? `'${state}'` : 'null::text');
