import type { LoggedRequest } from '../../host/simulator';
import type { Run } from './cron-stage';
import { judgeLimit, overlappingPairs, type RateLimit, workIn } from './provider-log';

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

export function figuresOf(runs: readonly Run[], log: readonly LoggedRequest[], limit: RateLimit): Figures {
	const work = workIn(log);
	const failed = runs.filter(({ status }) => status !== 'success');
	const lost = new Set(failed.map(({ workflow, id }) => `${workflow} #${id}`));
	const sum = (counted: typeof work) => counted.reduce((total, { tokens }) => total + tokens, 0);
	const { sent, refused, peak } = judgeLimit(log, limit);
	return {
		runs: runs.length,
		failed: failed.length,
		sent,
		refused,
		peak,
		limit: limit.requests,
		overlaps: overlappingPairs(work).length,
		longestRoundMs: longestRoundMs(runs),
		tokens: sum(work),
		tokensLost: sum(work.filter(({ user }) => lost.has(user))),
	};
}

/** Runs that one tick fired begin within this of each other. */
const SAME_TICK_MS = 3000;

function longestRoundMs(runs: readonly Run[]): number {
	const tickOf = (run: Run) =>
		Math.min(...runs.map(({ startedAt }) => startedAt).filter((at) => run.startedAt - at < SAME_TICK_MS));
	return Math.max(...runs.map((run) => (run.stoppedAt ?? Number.NaN) - tickOf(run)));
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
