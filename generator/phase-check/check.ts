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

export const failed = (lines: readonly string[]): Pick<Check, 'state' | 'findings'> => ({
	state: lines.length === 0 ? 'ok' : 'failed',
	findings: [...lines],
});

export const noticed = (lines: readonly string[]): Pick<Check, 'state' | 'findings'> => ({
	state: lines.length === 0 ? 'ok' : 'notice',
	findings: [...lines],
});
