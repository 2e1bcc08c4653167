import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod/v4';
import { type DoctorFacts, type DoctorView, examine, type Finding, schemaMissingFinding } from '../doctor';
import type { DoctorPort, SchemaPort } from '../orchestrator';
import type { Connection } from './connection';
import { type Gateway, instant } from './gateway';
import { hearsItself, timezoneOf } from './doctor-probes';

/** Generated beside the schema dump: what a migrated database has. */
const OBJECTS = join(__dirname, '..', '..', 'migrations', 'objects.txt');

/** What a SECURITY DEFINER function would not see, because it is not the session's own login. */
const SESSION = `
	select jsonb_build_object(
		'serverVersionNumber', current_setting('server_version_num')::integer,
		'timezone', current_setting('TimeZone'), 'database', current_database(), 'login', session_user,
		'connections', jsonb_build_object('used', count(*) filter (where a.usename = session_user),
			'limit', (select rolconnlimit from pg_catalog.pg_roles where rolname = session_user)),
		'oldestSnapshotSeconds', coalesce(max(extract(epoch from clock_timestamp() - a.xact_start)) filter (where s.holds), 0),
		'oldestSnapshotPid', (array_agg(a.pid order by a.xact_start) filter (where s.holds))[1],
		'oldestXminAge', coalesce(max(greatest(age(a.backend_xmin), age(a.backend_xid))) filter (where s.holds), 0),
		'hiddenSessions', count(*) filter (where a.datname = current_database() and a.query = '<insufficient privilege>')) as answer
	from pg_catalog.pg_stat_activity a
	cross join lateral (select a.datname = current_database() and a.pid <> pg_backend_pid()
		and (a.backend_xmin is not null or a.backend_xid is not null) as holds) s`;

const session = z.object({
	serverVersionNumber: z.number(),
	timezone: z.string(),
	database: z.string(),
	login: z.string(),
	connections: z.object({ used: z.number(), limit: z.number() }),
	oldestSnapshotSeconds: z.number(),
	oldestSnapshotPid: z.number().nullable(),
	oldestXminAge: z.number(),
	hiddenSessions: z.number(),
});
const names = z.array(z.string());
const ours = z.object({
	changedFunctions: names,
	unknownFunctions: names,
	objects: names,
	tablesWithoutRowSecurity: names,
	hotTables: z.array(
		z.object({ table: z.string(), live: z.number(), dead: z.number(), autovacuum: z.boolean() }),
	),
	preparedTransactions: z.array(z.object({ gid: z.string(), seconds: z.number() })),
	overdueLeases: z.number(),
	slotsWithoutExecution: z.array(z.number()),
	executionsWithoutSlot: names,
	tasksWithoutExecution: z.number(),
	unusedFairKeys: z.number(),
	fairKeys: z.number(),
});
const answered = z.object({ answer: z.unknown() });

/** The doctor's eyes; what it thinks of what it sees is core/doctor. */
export class DoctorStore implements DoctorPort {
	constructor(
		private readonly gateway: Gateway,
		private readonly connection: Connection,
		private readonly schema: SchemaPort,
	) {}

	async examine({ localTime, hostDatabaseUrl }: Parameters<DoctorPort['examine']>[0]): Promise<Finding[]> {
		const schema = await this.schema.status();
		const asks = `select to_regprocedure('orchestrator.doctor_facts()') is not null as answer`;
		if ((await this.ask(asks)) !== true) return [schemaMissingFinding(schema)];
		const clock = await this.clock(localTime);
		const facts: DoctorFacts = {
			...session.parse(await this.ask(SESSION)),
			...ours.parse(await this.ask('select orchestrator.doctor_facts() as answer')),
			at: clock.at,
		};
		const view: DoctorView = {
			schema,
			clockSkewMs: clock.skewMs,
			clockErrorMs: clock.errorMs,
			listens: await hearsItself(this.connection, this.gateway),
			expectedObjects: readFileSync(OBJECTS, 'utf8').trim().split('\n'),
			hostTimezone: hostDatabaseUrl === undefined ? null : await timezoneOf(hostDatabaseUrl),
		};
		return examine(facts, view);
	}

	private async ask(sql: string): Promise<unknown> {
		const { rows } = await this.gateway.query(sql);
		return answered.parse(rows[0]).answer;
	}

	/** The shortest of a few looks is the most exact one. */
	private async clock(localTime: () => Date): Promise<{ at: Date; skewMs: number; errorMs: number }> {
		const looks: { at: Date; skewMs: number; errorMs: number }[] = [];
		for (let look = 0; look < 3; look++) {
			const before = localTime().getTime();
			const at = instant.parse(await this.ask('select clock_timestamp() as answer'));
			const after = localTime().getTime();
			looks.push({ at, skewMs: (before + after) / 2 - at.getTime(), errorMs: (after - before) / 2 });
		}
		return looks.reduce((best, each) => (each.errorMs < best.errorMs ? each : best));
	}
}
