import { median } from '../measure.mjs';
import { newTasks } from './enqueue.mjs';
import { beat } from './heartbeat.mjs';
import { BATCH, INPUT, openOurs, TYPE, unwatched } from './ours.mjs';
import { two, whole } from './report.mjs';
import { ratioOf, takeTurns, timesOf } from './rounds.mjs';

const SECTION = 'history';
const KEYS = 4;
/** Rows a statement: one of all would keep its memory and its locks for minutes. */
const CHUNK = 100_000;

/** The same claim, enqueue and heartbeat on two databases in turns: one without a past, one with `finished` executions. */
export async function measureHistory(cluster, report, { finished, depth, rounds, calls, progress }) {
	const databases = { young: await cluster.open('history_young'), old: await cluster.open('history_old') };
	const parties = {};
	for (const [name, database] of Object.entries(databases)) {
		parties[name] = await openOurs(database, { keys: KEYS, depth });
	}
	try {
		for (let from = 0; from < finished; from += CHUNK) {
			progress(`${SECTION}: ${whole(from)} of ${whole(finished)} finished executions`);
			await livePast(databases.old.admin, from, Math.min(CHUNK, finished - from));
		}
		for (const party of Object.values(parties)) await party.settleDown();
		const turns = {};
		for (const [name, party] of Object.entries(parties)) {
			for (const [what, turn] of Object.entries(workOf(party, calls))) turns[`${name} ${what}`] = turn;
		}
		const onRound = (round) => progress(`${SECTION}, round ${round} of ${rounds}`);
		const seen = await takeTurns(turns, { rounds, onRound });
		for (const what of Object.keys(workOf(parties.young, calls))) {
			const [young, old] = [seen[`young ${what}`], seen[`old ${what}`]];
			const detail = `p50 ${two(median(old))} ms with, ${two(median(young))} ms without`;
			const of = `${what} with ${whole(finished)} finished executions to without`;
			report.judge(SECTION, of, ratioOf(old, young), { atMost: 1.1 }, detail);
		}
	} finally {
		for (const party of Object.values(parties)) await party.close();
		for (const database of Object.values(databases)) await database.drop();
	}
}

/** Median milliseconds of each kind of work; what it took is given back outside of the time. */
function workOf(party, calls) {
	const giveBack = async (executions) => {
		await party.settle(executions);
		await party.topUp(BATCH);
	};
	return {
		claim: async () => median(await timesOf(calls, () => party.claim(BATCH), giveBack)),
		enqueue: async () =>
			median(await timesOf(Math.ceil(calls / 8), () => party.orchestrator.queue.enqueue(newTasks(1000)))),
		heartbeat: async () =>
			median(
				await timesOf(
					Math.ceil(calls / 8),
					() => beat(party),
					(restore) => restore(),
				),
			),
	};
}

/** Executions of one task each, dispatched over the last 30 days and all reported, with everything they leave behind. */
async function livePast(admin, from, count) {
	await unwatched(admin, async () => {
		await admin.query('begin');
		await admin.query(
			`create temporary table past on commit drop as
			select n, gen_random_uuid() as execution_id, nextval('orchestrator.tasks_id_seq') as task_id, gen_random_uuid()::text as key,
				$1 || ':k' || n % $2::int as fair_key, (1 + n % 10)::smallint as priority, now() - make_interval(secs => random() * 2592000) as at
			from generate_series($3::int, $3::int + $4::int - 1) n`,
			[TYPE, KEYS, from, count],
		);
		for (const statement of REMAINS) await admin.query(statement);
		await admin.query('commit');
	});
}

const INPUT_TEXT = JSON.stringify(INPUT);
const REMAINS = [
	`insert into orchestrator.workflow_orchestration (id, kind, workflow_type, fair_key, priority, status, owner, slot_no, last_at,
		deadline_at, endpoint_url, callback_url, webhook_id, n8n_execution_id, limit_seconds, duration_ms, created_at, accepted_at, started_at, finished_at)
	select execution_id, 'dispatch', '${TYPE}', fair_key, priority, 'reported', 'bench', 1, at, at + interval '5 min',
		'http://127.0.0.1:5678/webhook/bench/task', 'http://127.0.0.1:5678/webhook/bench/callback', 'wh_' || execution_id, n::text, 300, 4000,
		at, at, at, at + interval '4 s' from past`,
	`insert into orchestrator.tasks (id, workflow_type, fair_key, idempotency_key, state, priority, input, result, epoch, eligible_at,
		created_at, first_claimed_at, last_claimed_at, finished_at)
	select task_id, '${TYPE}', fair_key, key, 'succeeded', priority, '${INPUT_TEXT}', '{"words": 600}', 1, at, at, at, at, at + interval '4 s' from past`,
	`insert into orchestrator.idempotency_keys (workflow_type, idempotency_key, task_id, created_at)
	select '${TYPE}', key, task_id, at from past`,
	`insert into orchestrator.execution_items (execution_id, task_id, attempt, outcome, settled_at)
	select execution_id, task_id, 1, 'succeeded', at + interval '4 s' from past`,
	`insert into orchestrator.callback_receipts (webhook_id, execution_id, epoch, outcome, received_at)
	select 'cb_' || execution_id, execution_id, 1, 'applied', at + interval '4 s' from past`,
	`insert into orchestrator.state_transitions (entity, entity_id, from_state, to_state, epoch, at, actor, parent_id)
	select 'execution', execution_id::text, step.from_state, step.to_state, 1, at, 'bench', null from past
	cross join (values (null, 'claimed'), ('claimed', 'accepted'), ('accepted', 'started'), ('started', 'reported')) step(from_state, to_state)`,
	`insert into orchestrator.state_transitions (entity, entity_id, from_state, to_state, epoch, at, actor, parent_id)
	select 'task', task_id::text, step.from_state, step.to_state, 1, at, 'bench', execution_id::text from past
	cross join (values (null, 'queued'), ('queued', 'claimed'), ('claimed', 'running'), ('running', 'succeeded')) step(from_state, to_state)`,
];
