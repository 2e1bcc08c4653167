import type { SchemaStatus } from '../orchestrator';

/** What the database says about itself, and what this process saw of it. */
export interface DoctorFacts {
	/** The database's clock. */
	at: Date;
	serverVersionNumber: number;
	timezone: string;
	database: string;
	login: string;
	/** `limit` -1 = none. */
	connections: { used: number; limit: number };
	/** Bodies, settings or rights to run with that are not what migrate applied. */
	changedFunctions: string[];
	unknownFunctions: string[];
	/** Lines of orchestrator.schema_objects(): “kind name: definition”. */
	objects: string[];
	tablesWithoutRowSecurity: string[];
	hotTables: { table: string; live: number; dead: number; autovacuum: boolean }[];
	oldestSnapshotSeconds: number;
	oldestSnapshotPid: number | null;
	/** Transactions since the oldest one that is still open. */
	oldestXminAge: number;
	/** Sessions of other logins, whose snapshots this login may not see. */
	hiddenSessions: number;
	preparedTransactions: { gid: string; seconds: number }[];
	overdueLeases: number;
	slotsWithoutExecution: number[];
	executionsWithoutSlot: string[];
	tasksWithoutExecution: number;
	unusedFairKeys: number;
	fairKeys: number;
}

/** Seen from this process, or known from the package. */
export interface DoctorView {
	/** LISTEN heard its own NOTIFY: a direct connection, not a transaction pooler. Null = no connection was free to try. */
	listens: boolean | null;
	/** Of the package's own migrations: what `objects` should be. */
	expectedObjects: readonly string[];
	schema: SchemaStatus;
	/** Clock of this process less that of the database, at the same moment. */
	clockSkewMs: number;
	/** How exact that is: half of the round trip. */
	clockErrorMs: number;
	/** Zone of the database that the caller compares with, e.g. n8n's; null = none was given. */
	hostTimezone: string | null;
}
