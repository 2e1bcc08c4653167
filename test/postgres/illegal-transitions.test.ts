import {
	decideTransition,
	type Entity,
	EXECUTION_STATES,
	INITIAL_STATES,
	RUN_STATES,
	TASK_STATES,
	TRANSITIONS,
} from '../../core';
import type { TestDatabase } from '../support/postgres';
import { emptyQueue, openQueue, TYPE } from './scenario';

let database: TestDatabase;
beforeAll(async () => {
	({ database } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

/** What a row of each state must and must not have, so that nothing but the state itself can be wrong. */
const TASK_COLUMNS = (state: string) => ({
	state: `'${state}'`,
	execution_id: ['claimed', 'running'].includes(state) ? `'00000000-0000-4000-8000-000000000001'` : 'null',
	not_before: state === 'scheduled' ? 'clock_timestamp()' : 'null',
	finished_at: ['succeeded', 'dead', 'cancelled'].includes(state) ? 'clock_timestamp()' : 'null',
	result: state === 'succeeded' ? `'{}'` : 'null',
});
const ENDED = ['reported', 'expired', 'cancelled', 'COMPLETED', 'ERROR_RECOVERY'];
const EXECUTION_COLUMNS = (state: string) => ({
	status: `'${state}'`,
	lease_until: ENDED.includes(state) ? 'null' : `now() + interval '1 minute'`,
	finished_at: ENDED.includes(state) ? 'now()' : 'null',
	accepted_at: ['accepted', 'started'].includes(state) ? 'now()' : 'null',
	deadline_at: ['accepted', 'started'].includes(state) ? `now() + interval '5 minutes'` : 'null',
	started_at: state === 'started' ? 'now()' : 'null',
	n8n_execution_id: state === 'started' ? `'1'` : 'null',
});

interface Kind {
	table: string;
	states: readonly string[];
	columns: (state: string) => Record<string, string>;
	/** The rest of a row, for an INSERT. */
	rest: Record<string, string>;
}
const dispatch = {
	workflow_type: `'${TYPE}'`,
	fair_key: `'${TYPE}'`,
	priority: '5',
	slot_no: '1',
	endpoint_url: `'http://127.0.0.1/x'`,
	callback_url: `'http://127.0.0.1/y'`,
	limit_seconds: '300',
	task_ids: `'{1}'`,
};
const KINDS: Record<Entity, Kind> = {
	task: {
		table: 'orchestrator.tasks',
		states: TASK_STATES,
		columns: TASK_COLUMNS,
		rest: {
			workflow_type: `'${TYPE}'`,
			fair_key: `'${TYPE}'`,
			idempotency_key: `'k'`,
			priority: '5',
			input: `'{}'`,
			eligible_at: 'now()',
		},
	},
	execution: {
		table: 'orchestrator.workflow_orchestration',
		states: EXECUTION_STATES,
		columns: EXECUTION_COLUMNS,
		rest: { kind: `'dispatch'`, owner: `'x'`, ...dispatch },
	},
	run: {
		table: 'orchestrator.workflow_orchestration',
		states: RUN_STATES,
		columns: EXECUTION_COLUMNS,
		rest: { kind: `'run'`, owner: `'x'`, run_kind: `'manual'` },
	},
};
const ENTITIES = Object.keys(KINDS) as Entity[];

function insert({ table, columns, rest }: Kind, state: string, id?: string): string {
	const row = { ...rest, ...columns(state), ...(id === undefined ? {} : { id }) };
	return `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;
}
const assignments = (columns: Record<string, string>) =>
	Object.entries(columns)
		.map(([name, value]) => `${name} = ${value}`)
		.join(', ');

/** Makes a row in any state, past the triggers, which only the owner of the tables can. */
async function plant(kind: Kind, state: string): Promise<string> {
	await database.query(`alter table ${kind.table} disable trigger user`);
	const [row] = await database.query(`${insert(kind, state)} returning id`);
	await database.query(`alter table ${kind.table} enable trigger user`);
	return String(row?.id);
}

/** Null: it was done. Else the SQLSTATE. */
async function codeOf(sql: string, values: unknown[] = []): Promise<string | null> {
	const done = database.query(sql, values).then(() => null);
	return done.catch((error: unknown) => String(Object(error).code));
}

/** Each way to change a row's state with plain SQL. */
const PATHS: Record<string, (kind: Kind, to: string) => string> = {
	UPDATE: ({ table, columns }, to) => `update ${table} set ${assignments(columns(to))} where id = '$id'`,
	'UPDATE … FROM': ({ table, columns }, to) =>
		`update ${table} t set ${assignments(columns(to))} from (select 1) x where t.id = '$id'`,
	MERGE: ({ table, columns }, to) =>
		`merge into ${table} t using (select 1) x on t.id = '$id' when matched then update set ${assignments(columns(to))}`,
	'ON CONFLICT': (kind, to) =>
		`${insert(kind, INITIAL_STATES[entityOf(kind)][0]?.state ?? '', `'$id'`)}
		on conflict (id) do update set ${assignments(kind.columns(to))}`,
};
/** Postgres 14 has no MERGE. */
async function knowsMerge(): Promise<boolean> {
	const [server] = await database.query(
		`select current_setting('server_version_num')::integer >= 150000 as knows`,
	);
	return server?.knows === true;
}
const entityOf = (kind: Kind) => ENTITIES.find((each) => KINDS[each] === kind) ?? 'task';

describe.each(ENTITIES)('of every pair of states a %s', (entity) => {
	const kind = KINDS[entity];

	test.each(Object.keys(PATHS))('goes where the table says and nowhere else, by %s', async (path) => {
		if (path === 'MERGE' && !(await knowsMerge())) {
			await expect(database.query(PATHS.MERGE?.(kind, kind.states[0] ?? '') ?? '')).rejects.toThrow(
				/syntax error/,
			);
			return;
		}
		for (const from of kind.states) {
			for (const to of kind.states.filter((each) => each !== from)) {
				const id = await plant(kind, from);
				const code = await codeOf((PATHS[path]?.(kind, to) ?? '').replace('$id', id));
				const { legal } = decideTransition(entity, from, to);
				expect([from, to, code]).toEqual([from, to, legal ? null : 'OR002']);
			}
		}
	});

	test('refused, names the states that are legal from there', async () => {
		for (const from of kind.states) {
			const legal = TRANSITIONS[entity].filter((each) => each.from === from).map((each) => each.to);
			const to = kind.states.find((each) => each !== from && !legal.includes(each));
			if (to === undefined) throw new Error(`everything is legal from ${from}`);
			const id = await plant(kind, from);
			const refused = database.query((PATHS.UPDATE?.(kind, to) ?? '').replace('$id', id));
			const rest = legal.length === 0 ? 'it is an end state' : `legal from here: ${legal.sort().join(', ')}`;
			await expect(refused).rejects.toThrow(`${entity} ${id} cannot go from ${from} to ${to}; ${rest}`);
			await emptyQueue(database);
		}
	});

	test('begins in an initial state and in no other', async () => {
		for (const state of kind.states) {
			const code = await codeOf(insert(kind, state));
			const first = INITIAL_STATES[entity].some((each) => each.state === state);
			expect([state, code]).toEqual([state, first ? null : 'OR002']);
			await emptyQueue(database);
		}
	});

	test('vanishes only after its end', async () => {
		for (const state of kind.states) {
			const id = await plant(kind, state);
			const ended = ENDED.includes(state) || ['succeeded', 'dead'].includes(state);
			const code = await codeOf(`delete from ${kind.table} where id = $1`, [id]);
			expect([state, code]).toEqual([state, ended ? null : 'OR002']);
		}
	});

	test('keeps its id: a row with another one would escape the comparison', async () => {
		const from = INITIAL_STATES[entity][0]?.state ?? '';
		await plant(kind, from);
		const other = entity === 'task' ? '999999' : `'00000000-0000-4000-8000-00000000000f'`;
		expect(await codeOf(`update ${kind.table} set id = ${other}`)).toBe('OR002');
	});

	test('never goes back to an older epoch', async () => {
		await plant(kind, INITIAL_STATES[entity][0]?.state ?? '');
		expect(await codeOf(`update ${kind.table} set epoch = 7`)).toBeNull();
		expect(await codeOf(`update ${kind.table} set epoch = 6`)).toBe('OR002');
	});
});

test('a run that is moved where it cannot go says where it can, ended or not', async () => {
	const { runs } = database.orchestrator();
	const { runId } = await runs.begin({ kind: 'manual', owner: 'test' });
	await expect(runs.transition(runId, 'IDLE')).rejects.toMatchObject({
		message: `run ${runId} cannot go from ANALYZING to IDLE; legal from here: COMPLETED, DISPATCHING, ERROR_RECOVERY, MONITORING.`,
		action: expect.stringContaining('Choose a state that is legal from there'),
	});
	await runs.complete(runId);
	await expect(runs.transition(runId, 'MONITORING')).rejects.toThrow(
		`run ${runId} cannot go from COMPLETED to MONITORING; it is an end state`,
	);
});

test("the database's initial states are those in TypeScript", async () => {
	const rows = await database.query('select entity, state, event from orchestrator.initial_states');
	const expected = ENTITIES.flatMap((entity) =>
		INITIAL_STATES[entity].map(({ state, event }) => [entity, state, event].join(' ')),
	);
	expect(rows.map((row) => Object.values(row).join(' ')).sort()).toEqual(expected.sort());
	expect(Object.keys(TRANSITIONS).sort()).toEqual([...ENTITIES].sort());
});
