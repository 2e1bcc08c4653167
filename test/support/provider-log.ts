import type { LoggedRequest } from '../../host/simulator';

/** A provider's limit: so many requests in any window of this length. */
export interface RateLimit {
	requests: number;
	windowMs: number;
}

/** What the provider's own log says about its limit; nothing here comes from the callers. */
export interface LimitVerdict {
	sent: number;
	refused: number;
	/** Most requests that came within one window, wherever it begins, refused ones included. */
	peak: number;
	/** Let in though the window before them was full, and refused though it was not: faults of the provider. */
	letInWrongly: number;
	refusedWrongly: number;
}

/** Every run that the log knows by the name that its requests gave, in the order in which they began. */
export interface WorkInLog {
	user: string;
	firstAt: number;
	lastAt: number;
	sent: number;
	refused: number;
	tokens: number;
}

const REFUSED = 429;

/** Judges the requests from index `from` on; those before count in the windows that reach back to them. */
export function judgeLimit(log: readonly LoggedRequest[], limit: RateLimit, from = 0): LimitVerdict {
	const verdict = { sent: log.length - from, refused: 0, peak: 0, letInWrongly: 0, refusedWrongly: 0 };
	for (const [index, { at, status }] of log.entries()) {
		if (index < from) continue;
		const since = at.getTime() - limit.windowMs;
		const within = log.slice(0, index).filter((earlier) => earlier.at.getTime() > since);
		const full = within.filter((earlier) => earlier.status === 200).length >= limit.requests;
		verdict.peak = Math.max(verdict.peak, within.length + 1);
		if (status === REFUSED) verdict.refused++;
		if (status === REFUSED && !full) verdict.refusedWrongly++;
		if (status === 200 && full) verdict.letInWrongly++;
	}
	return verdict;
}

export function workIn(log: readonly LoggedRequest[]): WorkInLog[] {
	const byUser = new Map<string, WorkInLog>();
	for (const { user, at, status, inputTokens, outputTokens } of log) {
		if (user === null) continue;
		const atMs = at.getTime();
		const work = byUser.get(user) ?? { user, firstAt: atMs, lastAt: atMs, sent: 0, refused: 0, tokens: 0 };
		work.lastAt = atMs;
		work.sent++;
		if (status === REFUSED) work.refused++;
		work.tokens += inputTokens + outputTokens;
		byUser.set(user, work);
	}
	return [...byUser.values()];
}

/** Pairs of runs of which one asked between the first and the last request of the other. */
export function overlappingPairs(work: readonly WorkInLog[]): string[] {
	return work.flatMap((one, index) =>
		work
			.slice(index + 1)
			.filter((other) => one.firstAt <= other.lastAt && other.firstAt <= one.lastAt)
			.map((other) => `${one.user} × ${other.user}`),
	);
}
