import type { Logger, WakeUpPort } from '../../core';
import { explain } from '../shared/node-error';

export type WakeUpReason = 'start' | 'reconnect' | 'notify' | 'due' | 'poll';

export interface WakeUpOptions {
	wakeUps: WakeUpPort;
	logger: Logger;
	pollMs: number;
	/** Between the end of one pass and the next. */
	minimumGapMs: number;
	/** One pass of the Master; resolves when it has ended. */
	pass(reasons: WakeUpReason[]): Promise<void>;
}

/**
 * Wakes the Master by NOTIFY, by what falls due, and by a poll that is the guarantee (S14). Hints that arrive during a
 * pass are coalesced into the next one. Nothing due and no hint = no pass. Holds nothing but timers and hints.
 */
export class WakeUpLoop {
	readonly #hints = new Set<WakeUpReason>(['start']);
	#stopped = false;
	/** Without LISTEN (a transaction pooler) each poll is a pass: queued tasks have no due time. */
	#reachable = false;
	#wake: () => void = () => undefined;
	#subscription: { close(): Promise<void> } | undefined;
	#done: Promise<void> = Promise.resolve();

	constructor(private readonly options: WakeUpOptions) {}

	start(): void {
		this.#done = this.#run();
	}

	/** After it resolves no timer, connection or pass of this loop is left; a pass under way is not waited for. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#wake();
		await this.#done;
		await this.#subscription?.close();
	}

	async #run(): Promise<void> {
		let fruitless = 0;
		let expectedAt = 0;
		while (!this.#stopped) {
			await this.#subscribe();
			const dueMs = this.#hints.size > 0 ? null : await this.#lookAhead();
			if (this.#stopped) return;
			const isDue = dueMs !== null && dueMs <= 0;
			if (isDue) this.#hints.add(Date.now() >= expectedAt ? 'due' : 'poll');
			if (this.#hints.size > 0) {
				fruitless = isDue ? fruitless + 1 : 0;
				await this.#pass();
				await this.#sleep(this.#gapAfter(fruitless), isDue && fruitless > 1);
				expectedAt = 0;
				continue;
			}
			fruitless = 0;
			expectedAt = dueMs === null ? Number.POSITIVE_INFINITY : Date.now() + dueMs;
			await this.#sleep(Math.min(dueMs ?? this.options.pollMs, this.options.pollMs), true);
			if (this.#subscription === undefined && this.#reachable) this.#hints.add('poll');
		}
	}

	/** What stays due after a pass is held by a limit: looking again at once would spin; a hint ends the wait. */
	#gapAfter(fruitless: number): number {
		const { minimumGapMs, pollMs } = this.options;
		if (fruitless <= 1) return minimumGapMs;
		return Math.min(pollMs, Math.max(minimumGapMs, 250) * 2 ** Math.min(fruitless, 16));
	}

	async #pass(): Promise<void> {
		const reasons = [...this.#hints];
		this.#hints.clear();
		try {
			await Promise.race([this.options.pass(reasons), this.#untilStopped()]);
		} catch (error) {
			this.options.logger.warn(`A wake-up pass failed: ${explain(error).message}`);
		}
	}

	/** Null when nothing is planned, and when the database does not answer: the next poll asks again. */
	async #lookAhead(): Promise<number | null> {
		try {
			const dueMs = await this.options.wakeUps.msUntilNextDue();
			this.#reachable = true;
			return dueMs;
		} catch (error) {
			this.#reachable = false;
			this.options.logger.warn(`Looking ahead failed, next try at the next poll: ${explain(error).message}`);
			return null;
		}
	}

	/** Listening is a help, not a need: without it the poll goes on, and every round tries again. */
	async #subscribe(): Promise<void> {
		if (this.#subscription !== undefined) return;
		try {
			this.#subscription = await this.options.wakeUps.listen(() => this.#hint('notify'));
			if (!this.#hints.has('start')) this.#hints.add('reconnect');
		} catch (error) {
			this.options.logger.warn(`Not listening for wake-ups, polling: ${explain(error).message}`);
		}
	}

	#hint(reason: WakeUpReason): void {
		this.#hints.add(reason);
		this.#wake();
	}

	async #sleep(ms: number, wakeable: boolean): Promise<void> {
		if (this.#stopped || (wakeable && this.#hints.size > 0)) return;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#wake = () => {
				if (!wakeable && !this.#stopped) return;
				clearTimeout(timer);
				resolve();
			};
		});
		this.#wake = () => undefined;
	}

	async #untilStopped(): Promise<void> {
		if (this.#stopped) return;
		await new Promise<void>((resolve) => {
			this.#wake = () => {
				if (this.#stopped) resolve();
			};
		});
	}
}
