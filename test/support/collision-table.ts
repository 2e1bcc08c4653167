import { roundsOf, type Run } from './cron-stage';
import { type LimitVerdict, overlappingPairs, type WorkInLog } from './provider-log';

/** What one way of running the samples came to. */
export interface Figures {
	runs: number;
	failed: number;
	sent: number;
	refused: number;
	peak: number;
	limit: number;
	overlaps: number;
	/** Longest time from the tick to the end of the last run that it started. */
	longestRoundMs: number;
	tokens: number;
	/** Of runs that failed: paid for, and thrown away. */
	tokensLost: number;
}

export const COLUMNS = ['each alone', 'together, as they are', 'together, in one lock'];

/** What the provider's log says of the runs, and how far apart the ticks were that fired them. */
export interface Seen {
	work: readonly WorkInLog[];
	verdict: LimitVerdict;
	/** Requests that the provider lets in within one window. */
	limit: number;
	everyMs: number;
}

export function figuresOf(runs: readonly Run[], { work, verdict, limit, everyMs }: Seen): Figures {
	const failed = runs.filter(({ status }) => status !== 'success');
	const lost = new Set(failed.map(({ workflow, id }) => `${workflow} #${id}`));
	const sum = (counted: readonly WorkInLog[]) => counted.reduce((total, { tokens }) => total + tokens, 0);
	const { sent, refused, peak } = verdict;
	return {
		runs: runs.length,
		failed: failed.length,
		sent,
		refused,
		peak,
		limit,
		overlaps: overlappingPairs(work).length,
		longestRoundMs: Math.max(...roundsOf(runs, everyMs).map(durationMs)),
		tokens: sum(work),
		tokensLost: sum(work.filter(({ user }) => lost.has(user))),
	};
}

function durationMs(round: readonly Run[]): number {
	const began = Math.min(...round.map(({ startedAt }) => startedAt));
	return Math.max(...round.map(({ stoppedAt }) => stoppedAt ?? Number.NaN)) - began;
}

export const describeRuns = (runs: readonly Run[]): string[] =>
	runs.map(({ workflow, status }) => `${workflow}: ${status}`);

/** The table of docs/legacy-collision.md, in the order of COLUMNS. */
export function tableOf(figures: readonly Figures[], faster: number): string {
	const rows: Array<[string, (one: Figures) => string]> = [
		['runs that ended well', ({ runs, failed }) => `${runs - failed} of ${runs}`],
		['requests sent', ({ sent }) => String(sent)],
		['refused with 429', ({ refused }) => String(refused)],
		['most requests in one window', ({ peak, limit }) => `${peak} (limit ${limit})`],
		['pairs of runs that overlapped', ({ overlaps }) => String(overlaps)],
		['from the tick to the last end', ({ longestRoundMs: ms }) => seconds(ms)],
		['tokens', ({ tokens }) => String(tokens)],
		['tokens of runs that failed', ({ tokensLost }) => String(tokensLost)],
	];
	const lines = rows.map(([title, cell]) => `| ${title} | ${figures.map(cell).join(' | ')} |`);
	return [`| time × ${faster} | ${COLUMNS.join(' | ')} |`, '| --- | --- | --- | --- |', ...lines].join('\n');
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
