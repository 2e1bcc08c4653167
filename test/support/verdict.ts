import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pg';

/** What the log and the tables say about a run, judged after the fact and never by sampling. */
export interface Verdict {
	tasks: number;
	byState: Record<string, number>;
	articles: number;
	/** Tasks whose log shows more than one change to `succeeded`. */
	appliedTwice: string[];
	/** Tasks that succeeded without their article. */
	withoutArticle: string[];
	executions: number;
	/** Highest number of executions between claim and end at any entry of the log. */
	peakConcurrency: number;
	expiredExecutions: number;
}

export async function judge(db: Client): Promise<Verdict> {
	const states = await db.query<{ state: string; count: number }>(
		'select state, count(*)::int as count from orchestrator.tasks group by state',
	);
	const one = async <T>(sql: string) => (await db.query<{ value: T }>(sql)).rows[0]?.value as T;
	return {
		tasks: states.rows.reduce((sum, row) => sum + row.count, 0),
		byState: Object.fromEntries(states.rows.map((row) => [row.state, row.count])),
		articles: await one('select count(*)::int as value from content.articles'),
		appliedTwice: await one(
			`select coalesce(array_agg(task_id::text), '{}') as value from (
				select task_id from orchestrator.state_transitions
				where entity = 'task' and to_state = 'succeeded' group by task_id having count(*) > 1) twice`,
		),
		withoutArticle: await one(
			`select coalesce(array_agg(id::text), '{}') as value from orchestrator.tasks task
			 where state = 'succeeded' and not exists (select from content.articles a where a.task_id = task.id)`,
		),
		executions: await one(
			`select count(*)::int as value from orchestrator.workflow_orchestration where kind = 'dispatch'`,
		),
		peakConcurrency: await peakConcurrency(db),
		expiredExecutions: await one(
			`select count(*)::int as value from orchestrator.workflow_orchestration where kind = 'dispatch' and status = 'expired'`,
		),
	};
}

/** Walks the log in its own order: +1 at each claim, −1 at each end. */
async function peakConcurrency(db: Client): Promise<number> {
	const { rows } = await db.query<{ peak: number }>(
		`select coalesce(max(running), 0)::int as peak from (
			select sum(case when from_state is null then 1 else -1 end) over (order by seq) as running
			from orchestrator.state_transitions
			where entity = 'execution' and (from_state is null or to_state in ('reported', 'expired', 'cancelled'))
		) walk`,
	);
	return rows[0]?.peak ?? 0;
}

/** No task waits, runs or backs off any more. */
export async function everyTaskHasEnded(db: Client): Promise<boolean> {
	const { rows } = await db.query<{ open: number }>(
		`select count(*)::int as open from orchestrator.tasks where state not in ('succeeded', 'dead', 'cancelled')`,
	);
	return rows[0]?.open === 0;
}

/** n8n executions of the Content Pipeline ever started, read from n8n's own tables. */
export async function pipelineExecutions(n8nDatabase: Client): Promise<number> {
	const { rows } = await n8nDatabase.query<{ count: number }>(
		`select count(*)::int as count from execution_entity e join workflow_entity w on w.id = e."workflowId"
		 where w.name = 'Content Pipeline'`,
	);
	return rows[0]?.count ?? 0;
}

/** What a message that we refuse or ignore must leave alone: every row of ours, and how often n8n started the pipeline. */
export interface Traces {
	/** One line per row, sorted. */
	rows: string[];
	pipelineExecutions: number;
}

export async function traces(db: Client, n8nDatabase: Client): Promise<Traces> {
	const { rows } = await db.query<{ line: string }>(
		`select line from (
			select 'task ' || to_jsonb(t)::text as line from orchestrator.tasks t
			union all select 'execution ' || to_jsonb(e)::text from orchestrator.workflow_orchestration e where kind = 'dispatch'
			union all select 'receipt ' || to_jsonb(r)::text from orchestrator.callback_receipts r
			union all select 'usage ' || to_jsonb(u)::text from orchestrator.workflow_resource_usage u
			union all select 'article ' || to_jsonb(a)::text from content.articles a
		) lines order by line`,
	);
	return { rows: rows.map(({ line }) => line), pipelineExecutions: await pipelineExecutions(n8nDatabase) };
}

/** The traces once they stand still: a task has ended some time before n8n has ended what ran it, and before its 202 is noted. */
export async function tracesAtRest(db: Client, n8nDatabase: Client): Promise<Traces> {
	return until(
		'nothing has changed for a second',
		async () => {
			const before = await traces(db, n8nDatabase);
			await new Promise((resolve) => setTimeout(resolve, 1000));
			const after = await traces(db, n8nDatabase);
			return isDeepStrictEqual(before, after) && after;
		},
		30_000,
	);
}

/** The value at quantile `q` of unsorted numbers (nearest rank). */
export function quantile(values: readonly number[], q: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Waits until `ready` answers something; fails with `what` after `timeoutMs`. */
export async function until<T>(
	what: string,
	ready: () => Promise<T | null | undefined | false>,
	timeoutMs: number,
	everyMs = 200,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const answer = await ready();
		if (answer) return answer;
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}`);
		await new Promise((resolve) => setTimeout(resolve, everyMs));
	}
}
