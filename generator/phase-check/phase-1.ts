import type { SchemaStatus } from '../../core';
import { type Check, type CheckResult, failed } from './check';
import type { Fact, Facts } from './facts';
import { checkLocks, tellContention } from './lock-health';
import {
	checkCredentials,
	checkCycles,
	checkPublished,
	checkScheduled,
	checkSound,
} from './wrapped-workflows';

export interface Circumstances {
	now: Date;
	/** How far back a lost lock counts. */
	withinHours: number;
}

/** Migration phase 1, locks in existing workflows: what it promises, judged from facts that were read once. */
export function checkPhase1(facts: Facts, { now, withinHours }: Circumstances): Check[] {
	const { workflows, hasPackage, credentials, schema, locks } = facts;
	const both = credentials.known ? workflows : credentials;
	return [
		{ code: 'P1_N8N', promise: 'n8n answers, and the API key may look', ...reached(workflows) },
		{
			code: 'P1_PACKAGE',
			promise: 'this package is installed in n8n',
			...on(hasPackage, (there) => failed(there ? [] : ['Install it: Settings → Community nodes.'])),
		},
		{ code: 'P1_TABLES', promise: 'the database answers and is migrated', ...reached(schema, judgeSchema) },
		{
			code: 'P1_SCHEDULED',
			promise: 'published workflows that start on a schedule are wrapped',
			...on(workflows, checkScheduled),
		},
		{
			code: 'P1_SOUND',
			promise: 'in wrapped workflows every trigger that does work stands behind the lock',
			...on(workflows, checkSound),
		},
		{
			code: 'P1_PUBLISHED',
			promise: 'of wrapped workflows the version that runs is the one in the editor',
			...on(workflows, checkPublished),
		},
		{
			code: 'P1_CREDENTIAL',
			promise: 'every lock node has a credential that exists',
			...on(both, (list) => checkCredentials(list, credentials.known ? credentials.value : [])),
		},
		{
			code: 'P1_CYCLE',
			promise: 'no workflows with different locks call each other in a circle',
			...on(workflows, checkCycles),
		},
		{
			code: 'P1_LOCKS',
			promise: `no lock is overdue, or was lost in the last ${withinHours} h`,
			...on(locks, (list) => checkLocks(list, now, withinHours)),
		},
		{ code: 'P1_CONTENTION', promise: 'who waited for whom', ...on(locks, tellContention) },
	];
}

/** The check that says why a fact is missing; those that need it are skipped. */
const reached = <T>(fact: Fact<T>, judge: (value: T) => CheckResult = () => failed([])): CheckResult =>
	fact.known ? judge(fact.value) : failed([fact.reason]);

const on = <T>(fact: Fact<T>, judge: (value: T) => CheckResult): CheckResult =>
	fact.known ? judge(fact.value) : { state: 'skipped', findings: [fact.reason] };

const judgeSchema = ({ state, pending }: SchemaStatus): CheckResult =>
	failed(
		state === 'current'
			? []
			: [`The schema is ${state} (${pending.length} to apply): run master-orchestrator migrate.`],
	);
