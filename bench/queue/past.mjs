import { INPUT, TYPE, unwatched } from './ours.mjs';

const ENDED = "at + interval '4 s'";
const STATES = {
	execution: ['claimed', 'accepted', 'started', 'reported'],
	task: ['queued', 'claimed', 'running', 'succeeded'],
};

/** What an execution of one task leaves behind, per table: columns and what they get from a row of `past`. */
const REMAINS = [
	{
		table: 'workflow_orchestration',
		id: 'execution_id',
		kind: "'dispatch'",
		workflow_type: `'${TYPE}'`,
		fair_key: 'fair_key',
		priority: 'priority',
		status: "'reported'",
		owner: "'bench'",
		slot_no: '1',
		last_at: 'at',
		deadline_at: "at + interval '5 min'",
		endpoint_url: "'http://127.0.0.1:5678/webhook/bench/task'",
		callback_url: "'http://127.0.0.1:5678/webhook/bench/callback'",
		webhook_id: "'wh_' || execution_id",
		n8n_execution_id: 'n::text',
		limit_seconds: '300',
		duration_ms: '4000',
		task_ids: 'array[task_id]',
		created_at: 'at',
		accepted_at: 'at',
		started_at: 'at',
		finished_at: ENDED,
	},
	{
		table: 'tasks',
		id: 'task_id',
		workflow_type: `'${TYPE}'`,
		fair_key: 'fair_key',
		idempotency_key: 'key',
		state: "'succeeded'",
		priority: 'priority',
		input: `'${JSON.stringify(INPUT)}'`,
		result: `'{"words": 600}'`,
		epoch: '1',
		eligible_at: 'at',
		created_at: 'at',
		first_claimed_at: 'at',
		last_claimed_at: 'at',
		finished_at: ENDED,
	},
	{
		table: 'idempotency_keys',
		workflow_type: `'${TYPE}'`,
		idempotency_key: 'key',
		task_id: 'task_id',
		created_at: 'at',
	},
	{
		table: 'execution_items',
		execution_id: 'execution_id',
		task_id: 'task_id',
		attempt: '1',
		outcome: "'succeeded'",
		settled_at: ENDED,
	},
	{
		table: 'callback_receipts',
		webhook_id: "'cb_' || execution_id",
		execution_id: 'execution_id',
		epoch: '1',
		outcome: "'applied'",
		received_at: ENDED,
	},
	...Object.entries(STATES).map(([entity, states]) => ({
		table: 'state_transitions',
		states,
		entity: `'${entity}'`,
		entity_id: `${entity}_id::text`,
		task_id: entity === 'task' ? 'task_id' : 'null',
		execution_id: 'execution_id',
		from_state: 'from_state',
		to_state: 'to_state',
		epoch: '1',
		at: 'at',
		actor: "'bench'",
		parent_id: entity === 'task' ? 'execution_id::text' : 'null',
	})),
];

/** `count` executions, dispatched over the last 30 days and all reported, with their tasks, keys, receipts and log. */
export async function livePast(admin, { from, count, keys }) {
	const columns = await columnsOf(admin);
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
		for (const remains of REMAINS) await leave(admin, remains, columns);
		await admin.query('commit');
	});
}

/** Tables and columns that this version of the schema lacks are left out; one that it demands and we lack is an error. */
async function leave(admin, { table, states = [null], ...values }, columns) {
	const known = Object.entries(values).filter(([column]) => columns.has(`${table}.${column}`));
	if (known.length === 0) return;
	for (const [step, state] of states.entries()) {
		const expressions = known.map(([, expression]) => expression);
		await admin.query(
			`insert into orchestrator.${table} (${known.map(([column]) => column).join(', ')})
			select ${expressions.join(', ')} from past
			cross join (values (${quoted(states[step - 1])}, ${quoted(state)})) step(from_state, to_state)`,
		);
	}
}

const quoted = (state) => (state ? `'${state}'` : 'null::text');

async function columnsOf(admin) {
	const { rows } = await admin.query(
		`select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'orchestrator'`,
	);
	return new Set(rows.map(({ name }) => name));
}
