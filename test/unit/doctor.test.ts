import { examine, exitCodeOf, type DoctorFacts, type DoctorView, TESTED_POSTGRES } from '../../core';

const FACTS: DoctorFacts = {
	at: new Date('2026-11-21T12:00:00Z'),
	serverVersionNumber: 180_004,
	timezone: 'UTC',
	database: 'n8n',
	login: 'worker',
	connections: { used: 3, limit: 20 },
	changedFunctions: [],
	unknownFunctions: [],
	objects: ['index a: tasks (id)'],
	tablesWithoutRowSecurity: [],
	hotTables: [{ table: 'tasks', live: 5, dead: 9000, autovacuum: true }],
	oldestSnapshotSeconds: 299,
	oldestSnapshotPid: 42,
	oldestXminAge: 7,
	hiddenSessions: 0,
	preparedTransactions: [{ gid: 'x', seconds: 59 }],
	overdueLeases: 0,
	slotsWithoutExecution: [],
	executionsWithoutSlot: [],
	tasksWithoutExecution: 0,
	unusedFairKeys: 100,
	fairKeys: 100,
};
const VIEW: DoctorView = {
	listens: true,
	expectedObjects: ['index a: tasks (id)'],
	schema: {
		state: 'current',
		databaseVersion: 5,
		codeVersion: 5,
		pending: [],
		drift: [],
		postgresVersion: '18.4',
	},
	clockSkewMs: 1005,
	clockErrorMs: 10,
	hostTimezone: null,
};
const bad = (facts: Partial<DoctorFacts>, view: Partial<DoctorView> = {}) =>
	examine({ ...FACTS, ...facts }, { ...VIEW, ...view })
		.filter(({ severity }) => severity !== 'ok')
		.map(({ check, severity }) => `${check} ${severity}`);

const BEYOND: [finding: string, facts: Partial<DoctorFacts>, view: Partial<DoctorView>][] = [
	['postgres-version warning', { serverVersionNumber: (TESTED_POSTGRES.at(-1)! + 1) * 10_000 }, {}],
	['old-snapshot warning', { oldestSnapshotSeconds: 300 }, {}],
	['prepared-transactions problem', { preparedTransactions: [{ gid: 'x', seconds: 61 }] }, {}],
	['dead-rows warning', { hotTables: [{ table: 'tasks', live: 5, dead: 10_001, autovacuum: true }] }, {}],
	['connections warning', { connections: { used: 19, limit: 20 } }, {}],
	['clock-skew warning', {}, { clockSkewMs: -1011 }],
	['unused-fair-keys warning', { unusedFairKeys: 101 }, {}],
	['schema-version problem', {}, { schema: { ...VIEW.schema, state: 'too_new' } }],
	['missing-objects problem', { objects: [] }, {}],
	['changed-objects problem', { objects: ['index a: tasks (id, state)'] }, {}],
	['extra-objects warning', { objects: ['index a: tasks (id)', 'index b: tasks (id)'] }, {}],
	['rights problem', { objects: ['index a: tasks (id)', 'rights of PUBLIC on table tasks: select'] }, {}],
	['connection warning', {}, { listens: false }],
];

describe('the doctor', () => {
	test('is content just below each threshold', () => {
		expect(bad({})).toEqual([]);
		expect(exitCodeOf(examine(FACTS, VIEW))).toBe(0);
	});

	test.each(BEYOND)('finds %s just beyond it', (finding, facts, view) => {
		expect(bad(facts, view)).toEqual([finding]);
	});

	test('compares no objects with a schema of another version', () => {
		expect(bad({ objects: [] }, { schema: { ...VIEW.schema, state: 'outdated' } })).toEqual([
			'schema-version problem',
		]);
	});
});
