import type { Logger } from 'n8n-workflow';
import { type MutexOwner, type MutexPort, endOfHold, nextKeepStep } from '../../core';
import { explain } from '../shared/node-error';

/** Longest pause between two looks at the execution: a parked one gives its lock back within this. */
const LOOK_MS = 1000;
/** n8n waits for the handlers of an execution's end: a database that is away must not hold it up. */
const GIVE_BACK_MS = 5000;

/** What n8n tells of the execution that holds the lock. */
export interface Execution {
	/** When the parked execution wakes; null = it runs. */
	wakesAt(): Date | null;
	/** Stop or timeout; undefined = n8n does not tell. */
	stopped(): boolean | undefined;
	/** Leaves a note in the execution's record. */
	note(text: string): void;
	readonly logger: Logger;
}

export interface Hold {
	lock: string;
	owner: MutexOwner;
	session: string;
	fencingToken: number;
	leaseMs: number;
	graceMs: number;
	holdWhileWaiting: boolean;
}

/**
 * Keeps one lock for one execution: renews it every third of the lease, lets it go while the execution is parked, gives
 * it back at the end. Never throws into the execution: a loss goes to the log at once and again at the end.
 */
export class LockKeeper {
	private readonly timer: NodeJS.Timeout;
	/** Taken before the renewal was sent, so that our idea of the lease never outlasts the database's. */
	private renewedAt: Date;
	private lostAt: Date | null = null;
	private looking: Promise<void> | null = null;
	private done = false;

	constructor(
		private readonly mutexes: Pick<MutexPort, 'renew' | 'park' | 'release' | 'drain'>,
		private readonly execution: Execution,
		private readonly hold: Hold,
		options: { askedAt: Date; onDone(): Promise<void> },
	) {
		this.renewedAt = options.askedAt;
		this.onDone = options.onDone;
		this.timer = setInterval(() => this.tick(), Math.min(LOOK_MS, hold.leaseMs / 6));
		this.timer.unref();
	}

	private readonly onDone: () => Promise<void>;

	/** False once the lock is lost or given back: a later acquire needs a keeper of its own. */
	get live(): boolean {
		return !this.done && this.lostAt === null;
	}

	get session(): string {
		return this.hold.session;
	}

	/** A later acquire of the same execution was answered with this token: another one means that ours was lost. */
	confirm(fencingToken: number, askedAt: Date): void {
		if (fencingToken !== this.hold.fencingToken) {
			this.report(`was lost and taken again (token ${fencingToken})`);
			this.hold.fencingToken = fencingToken;
		}
		this.renewedAt = askedAt;
	}

	/** The lock was given back by a Release node, or the execution parked. */
	async stop(): Promise<void> {
		if (this.done) return;
		this.done = true;
		clearInterval(this.timer);
		await this.onDone();
	}

	/** The execution ended. May be called more than once. */
	async end(): Promise<void> {
		if (this.done) return;
		this.done = true;
		clearInterval(this.timer);
		try {
			if (this.lostAt === null) await this.giveBack();
			else this.report(`had been lost since ${this.lostAt.toISOString()} when the execution ended`);
		} finally {
			await this.onDone();
		}
	}

	private tick(): void {
		// Also when a renewal is still under way: a database that hangs answers neither yes nor no.
		if (this.overdue()) return this.lose('could not be renewed in time');
		this.looking ??= this.look()
			.catch((error: unknown) => this.missed(error))
			.finally(() => (this.looking = null));
	}

	private overdue(): boolean {
		return Date.now() - this.renewedAt.getTime() >= this.hold.leaseMs;
	}

	private async look(): Promise<void> {
		const { lock, leaseMs, graceMs, holdWhileWaiting } = this.hold;
		const now = new Date();
		const wakesAt = this.execution.wakesAt();
		const step = nextKeepStep({
			now,
			renewedAt: this.renewedAt,
			leaseMs,
			graceMs,
			wakesAt,
			holdWhileWaiting,
		});
		switch (step.do) {
			case 'nothing':
				return;
			case 'renew':
				if ((await this.mutexes.renew(lock, this.ref(), leaseMs)) === null)
					return this.lose('ran out or was taken');
				this.renewedAt = now;
				return;
			case 'park':
				await this.mutexes.park(lock, this.ref(), step.until);
				return await this.stop();
			case 'release':
				await this.mutexes.release(lock, this.ref(), { all: true });
				return await this.stop();
			default:
				return step satisfies never;
		}
	}

	private missed(error: unknown): void {
		if (!this.live) return;
		this.execution.logger.warn(`The lock “${this.hold.lock}” was not renewed: ${explain(error).message}`);
	}

	private lose(how: string): void {
		if (!this.live) return;
		this.lostAt = new Date();
		clearInterval(this.timer);
		this.report(how);
		this.execution.note(`${this.hold.lock}: ${how} at ${this.lostAt.toISOString()}`);
	}

	private async giveBack(): Promise<void> {
		const { lock, graceMs } = this.hold;
		const asked: Promise<unknown> =
			endOfHold(this.execution.stopped()) === 'drain'
				? this.mutexes.drain(lock, this.ref(), graceMs)
				: this.mutexes.release(lock, this.ref(), { all: true });
		try {
			if ((await within(asked, GIVE_BACK_MS)) === null) this.report('ran out before the execution ended');
		} catch (error) {
			this.report(`could not be given back and opens when its lease ends: ${explain(error).message}`);
		}
	}

	private ref() {
		return { ...this.hold.owner, session: this.hold.session };
	}

	private report(what: string): void {
		const { lock, fencingToken, owner } = this.hold;
		this.execution.logger.error(
			`The lock “${lock}” of execution ${owner.executionId} (token ${fencingToken}) ${what}. Another execution may have worked at the same time.`,
		);
	}
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
		work.catch(() => undefined);
	}
}
