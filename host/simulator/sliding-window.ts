/** What the window says to one request. `usedInWindow` counts the request itself when it was admitted. */
export type WindowAnswer =
	| { admitted: true; usedInWindow: number }
	| { admitted: false; usedInWindow: number; retryAfterMs: number };

/**
 * Admits at most `limit` requests in every half-open window of `windowMs`, wherever the window begins.
 * Refused requests do not count, as with the providers.
 */
export class SlidingWindow {
	private admittedAtMs: number[] = [];

	constructor(
		readonly limit: number,
		readonly windowMs = 60_000,
	) {}

	admit(nowMs: number): WindowAnswer {
		this.forgetBefore(nowMs - this.windowMs);
		const used = this.admittedAtMs.length;
		if (used >= this.limit) {
			const oldest = this.admittedAtMs[used - this.limit] ?? nowMs;
			return { admitted: false, usedInWindow: used, retryAfterMs: Math.max(1, oldest + this.windowMs - nowMs) };
		}
		this.admittedAtMs.push(nowMs);
		return { admitted: true, usedInWindow: used + 1 };
	}

	/** Milliseconds until the window is empty; 0 = it is. */
	resetMs(nowMs: number): number {
		const newest = this.admittedAtMs.at(-1);
		return newest === undefined ? 0 : Math.max(0, newest + this.windowMs - nowMs);
	}

	private forgetBefore(instantMs: number): void {
		this.admittedAtMs = this.admittedAtMs.filter((at) => at > instantMs);
	}
}
