import type { SchemaStatus } from '../orchestrator';
import { CLOCK_SKEW_WARNING_MS } from '../schedule/slot';
import type { DoctorFacts, DoctorView } from './facts';
import { compareObjects } from './objects';

/** ok = as expected; warning = works, but look at it; problem = something does not work or soon will not. */
export type Severity = 'ok' | 'warning' | 'problem';

export interface Finding {
	/** Stable name of the check. */
	check: string;
	severity: Severity;
	what: string;
	value: string;
	expected: string;
	/** Empty for ok. */
	action: string;
}

/** Major versions that the tests of the database were run against (README). */
export const TESTED_POSTGRES = [14, 15, 16, 17, 18] as const;
/** A snapshot held this long keeps dead rows that every claim has to step over. */
const OLD_SNAPSHOT_SECONDS = 300;
/** Dead rows beyond this and beyond the live ones: autovacuum does not keep up. */
const MANY_DEAD_ROWS = 10_000;
/** Between its two phases a transaction stays for moments. */
const STUCK_SECONDS = 60;
/** S15: from this share of the login's connections on. */
const CONNECTIONS_WARNING = 0.9;

type Check = (facts: DoctorFacts, view: DoctorView) => Finding[];

/** Every check in the order in which an operator reads them; each finding says what, value, expected, what to do. */
export function examine(facts: DoctorFacts, view: DoctorView): Finding[] {
	return CHECKS.flatMap((check) => check(facts, view));
}

/** 0 = all well, 1 = warnings, 2 = problems. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
	if (findings.some(({ severity }) => severity === 'problem')) return 2;
	return findings.some(({ severity }) => severity === 'warning') ? 1 : 0;
}

interface Judgement {
	check: string;
	what: string;
	value: string | number;
	expected: string;
	/** Null = as expected. */
	bad: Exclude<Severity, 'ok'> | null;
	action: string;
}

function judge({ bad, action, value, ...rest }: Judgement): Finding {
	return { ...rest, value: String(value), severity: bad ?? 'ok', action: bad === null ? '' : action };
}

const problemIf = (broken: boolean) => (broken ? 'problem' : null);
const warningIf = (odd: boolean) => (odd ? 'warning' : null);
const named = (names: readonly (string | number)[]) => (names.length === 0 ? 'none' : names.join(', '));

function kindOf(listens: boolean | null): string {
	if (listens === null) return 'not examined: no connection was free';
	return listens ? 'direct' : 'through a transaction pooler: LISTEN hears nothing, so the orchestrator polls';
}

const connection: Check = ({ connections: { used, limit }, login }, { listens }) => [
	judge({
		check: 'connection',
		what: 'Kind of connection',
		value: kindOf(listens),
		expected: 'direct',
		bad: warningIf(listens !== true),
		action:
			'Nothing is lost, urgent work starts up to 15 s later. Give the direct address (Supabase: port 5432) to be woken at once.',
	}),
	judge({
		check: 'connections',
		what: `Connections of ${login}`,
		value: limit < 0 ? `${used} of any number` : `${used} of ${limit}`,
		expected: 'at most 18 of 20',
		bad: warningIf(used > CONNECTIONS_WARNING * (limit < 0 ? 20 : limit)),
		action:
			'Run fewer processes or give each a smaller pool; idle ones of others can be ended in pg_stat_activity.',
	}),
];

const server: Check = (
	{ serverVersionNumber, timezone, at },
	{ clockSkewMs, clockErrorMs, hostTimezone },
) => {
	const major = Math.floor(serverVersionNumber / 10_000);
	return [
		judge({
			check: 'postgres-version',
			what: 'Postgres',
			value: `${major}.${serverVersionNumber % 10_000}`,
			expected: `one that was tested: ${TESTED_POSTGRES.join(', ')}`,
			bad: warningIf(!TESTED_POSTGRES.some((each) => each === major)),
			action: `Run npm run test:postgres against it before you rely on it, or use ${TESTED_POSTGRES.at(-1)}.`,
		}),
		judge({
			check: 'clock-skew',
			what: 'Clock of this process less that of the database',
			value: `${Math.round(clockSkewMs)} ms (± ${Math.ceil(clockErrorMs)} ms)`,
			expected: `within ${CLOCK_SKEW_WARNING_MS} ms`,
			bad: warningIf(Math.abs(clockSkewMs) - clockErrorMs > CLOCK_SKEW_WARNING_MS),
			action: `Set the clocks by NTP; the database says ${at.toISOString()}. Signatures are refused from 5 minutes on.`,
		}),
		judge({
			check: 'timezone',
			what: 'Time zone of the database',
			value: timezone,
			expected:
				hostTimezone === null
					? 'any: instants are kept with their zone'
					: `that of the host database, ${hostTimezone}`,
			bad: warningIf(hostTimezone !== null && hostTimezone !== timezone),
			action:
				'Nothing is computed in it, but times look different in the two databases: alter database … set timezone.',
		}),
	];
};

const schema: Check = (facts, { schema: { state, databaseVersion, codeVersion, pending } }) => [
	judge({
		check: 'schema-version',
		what: 'Schema',
		value:
			pending.length === 0
				? `version ${databaseVersion}`
				: `version ${databaseVersion}, pending: ${pending.join(', ')}`,
		expected: `version ${codeVersion}, nothing pending`,
		bad: problemIf(state !== 'current'),
		action: state === 'too_new' ? 'Update this package.' : 'Run master-orchestrator migrate.',
	}),
	judge({
		check: 'changed-functions',
		what: 'Functions whose body or settings are not those that migrate applied',
		value: named(facts.changedFunctions),
		expected: 'none',
		bad: problemIf(facts.changedFunctions.length > 0),
		action:
			'Somebody replaced or altered them by hand. master-orchestrator migrate --reapply brings ours back.',
	}),
	judge({
		check: 'unknown-functions',
		what: 'Functions in our schema that are not ours',
		value: named(facts.unknownFunctions),
		expected: 'none',
		bad: warningIf(facts.unknownFunctions.length > 0),
		action: 'Move them into a schema of your own.',
	}),
];

const objects: Check = (facts, { schema: { state }, expectedObjects }) => {
	const comparable = state === 'current';
	const { missing, extra, changed, rights } = compareObjects(
		comparable ? expectedObjects : [],
		comparable ? facts.objects : [],
	);
	const compared = (differences: readonly string[]) => (comparable ? named(differences) : 'not compared');
	return [
		judge({
			check: 'missing-objects',
			what: 'Columns, views, indexes, constraints and triggers that are missing, invalid or disabled',
			value: compared(missing),
			expected: 'none',
			bad: problemIf(missing.length > 0),
			action: 'Create them again as in docs/schema.sql (a disabled trigger: alter table … enable trigger …).',
		}),
		judge({
			check: 'changed-objects',
			what: 'Columns, views, indexes, constraints and triggers that are other than those that migrate made',
			value: compared(changed),
			expected: 'none',
			bad: problemIf(changed.length > 0),
			action: 'Somebody changed them by hand. Make them again as in docs/schema.sql.',
		}),
		judge({
			check: 'extra-objects',
			what: 'Columns, views, indexes, constraints and triggers that are not ours',
			value: compared(extra),
			expected: 'none',
			bad: warningIf(extra.length > 0),
			action: 'Each slows the queue down or can refuse its rows: drop what you do not need.',
		}),
		judge({
			check: 'rights',
			what: 'Owners, grants and policies that are not those that migrate issued',
			value: compared(rights),
			expected: 'none',
			bad: problemIf(rights.length > 0),
			action:
				'Drop a policy that is too many or changed, revoke what a role of your own was granted; then master-orchestrator migrate --reapply issues ours again.',
		}),
		judge({
			check: 'row-security',
			what: 'Tables without forced row security',
			value: named(facts.tablesWithoutRowSecurity),
			expected: 'none',
			bad: problemIf(facts.tablesWithoutRowSecurity.length > 0),
			action: 'Run master-orchestrator migrate --reapply, which issues all rights again.',
		}),
	];
};

const upkeep: Check = (facts) => {
	const off = facts.hotTables.filter(({ autovacuum }) => !autovacuum).map(({ table }) => table);
	const bloated = facts.hotTables.filter(({ dead, live }) => dead > MANY_DEAD_ROWS && dead > live);
	const seconds = Math.round(facts.oldestSnapshotSeconds);
	const hidden =
		facts.hiddenSessions > 0 ? `; ${facts.hiddenSessions} sessions of other logins cannot be seen` : '';
	return [
		judge({
			check: 'autovacuum',
			what: 'Hot tables without autovacuum',
			value: named(off),
			expected: 'none',
			bad: problemIf(off.length > 0),
			action: 'alter table … reset (autovacuum_enabled), and autovacuum = on in the server’s settings.',
		}),
		judge({
			check: 'dead-rows',
			what: 'Hot tables with more dead rows than live ones',
			value: named(bloated.map(({ table, dead, live }) => `${table}: ${dead} dead, ${live} live`)),
			expected: `none over ${MANY_DEAD_ROWS}`,
			bad: warningIf(bloated.length > 0),
			action: 'vacuum (verbose) the table: it says what keeps the rows, often an old transaction.',
		}),
		judge({
			check: 'old-snapshot',
			what: 'Oldest snapshot held open',
			value:
				(facts.oldestSnapshotPid === null
					? 'none'
					: `${seconds} s by process ${facts.oldestSnapshotPid}, ${facts.oldestXminAge} transactions ago`) +
				hidden,
			expected: `under ${OLD_SNAPSHOT_SECONDS} s`,
			bad: warningIf(seconds >= OLD_SNAPSHOT_SECONDS),
			action: `Dead rows stay while it is open. End it: select pg_terminate_backend(${facts.oldestSnapshotPid});`,
		}),
		judge({
			check: 'prepared-transactions',
			what: 'Prepared transactions',
			value: named(facts.preparedTransactions.map(({ gid, seconds: age }) => `${gid}, ${Math.round(age)} s`)),
			expected: `none older than ${STUCK_SECONDS} s`,
			bad: problemIf(facts.preparedTransactions.some(({ seconds: age }) => age > STUCK_SECONDS)),
			action: 'Nobody will end them: commit prepared or rollback prepared each.',
		}),
	];
};

const consistency: Check = (facts) => [
	judge({
		check: 'overdue-leases',
		what: 'Leases that ran out more than a minute ago',
		value: facts.overdueLeases,
		expected: '0',
		bad: warningIf(facts.overdueLeases > 0),
		action:
			'No pass has recovered them: is the Master Orchestrator published? By hand: select orchestrator.recover_expired();',
	}),
	judge({
		check: 'slots-without-execution',
		what: 'Slots held by executions that have ended',
		value: named(facts.slotsWithoutExecution),
		expected: 'none',
		bad: problemIf(facts.slotsWithoutExecution.length > 0),
		action:
			'A slot was changed by hand. Free it: update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null where slot_no = …',
	}),
	judge({
		check: 'executions-without-slot',
		what: 'Executions under way that hold no slot',
		value: named(facts.executionsWithoutSlot),
		expected: 'none',
		bad: problemIf(facts.executionsWithoutSlot.length > 0),
		action:
			'They count against no cap and nobody expires them: a slot was changed by hand. Give them a free slot again, then recover.',
	}),
	judge({
		check: 'tasks-without-execution',
		what: 'Tasks held by executions that have ended',
		value: facts.tasksWithoutExecution,
		expected: '0',
		bad: problemIf(facts.tasksWithoutExecution > 0),
		action: 'Rows were changed by hand; master-orchestrator task <number> shows what happened to one.',
	}),
	judge({
		check: 'unused-fair-keys',
		what: 'Fair keys older than 30 days with nothing queued',
		value: `${facts.unusedFairKeys} of ${facts.fairKeys}`,
		expected: 'few: every claim looks at every key',
		bad: warningIf(facts.unusedFairKeys > 100),
		action:
			'Use fewer distinct keys; as the owner, delete those you will not use again from orchestrator.fair_keys.',
	}),
];

const CHECKS: readonly Check[] = [connection, server, schema, objects, upkeep, consistency];

/** All there is to say about a database whose schema is older than the doctor. */
export function schemaMissingFinding({ databaseVersion, codeVersion }: SchemaStatus): Finding {
	return judge({
		check: 'schema-version',
		what: 'Schema',
		value: databaseVersion === 0 ? 'none' : `version ${databaseVersion}`,
		expected: `version ${codeVersion}, nothing pending`,
		bad: 'problem',
		action: 'Run master-orchestrator migrate, then the doctor again: the other checks need the schema.',
	});
}
