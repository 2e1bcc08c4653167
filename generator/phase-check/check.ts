/** How one promise of a phase stands. `notice`: worth knowing, no fault. `skipped`: what it needs was not to be had. */
export type CheckState = 'ok' | 'notice' | 'failed' | 'skipped';

export interface Check {
	/** Stable. */
	code: string;
	/** What holds when it is ok. */
	promise: string;
	state: CheckState;
	/** One line each: what was seen, and what to do where something is to be done. */
	findings: string[];
}

/** What a judgement says; the code and the promise are those of the check. */
export type CheckResult = Pick<Check, 'state' | 'findings'>;

export const failed = (lines: readonly string[]): CheckResult => ({
	state: lines.length === 0 ? 'ok' : 'failed',
	findings: [...lines],
});

export const noticed = (lines: readonly string[]): CheckResult => ({
	state: lines.length === 0 ? 'ok' : 'notice',
	findings: [...lines],
});
