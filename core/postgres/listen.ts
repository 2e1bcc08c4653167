import pg from 'pg';
import { z } from 'zod/v4';
import type { WakeUpPort } from '../orchestrator';
import type { Logger } from '../ports';
import type { Connection } from './connection';
import { hearsItself } from './doctor-probes';
import { readError } from './errors';
import type { Gateway } from './gateway';
import { clientConfig } from './pool';

export const CHANNEL = 'orchestrator_wakeup';
/** A connection that does not answer a probe in time is half open: it is dropped and made anew. */
export interface ProbeTimes {
	everyMs: number;
	timeoutMs: number;
}
const PROBE_TIMES: ProbeTimes = { everyMs: 30_000, timeoutMs: 5_000 };
/** Pauses before reconnecting; the last one repeats. The poll keeps the promise meanwhile (S14). */
const RECONNECT_AFTER_MS = [500, 1000, 2000, 5000, 15_000] as const;

/** Hints that something may be possible now. */
export class WakeUpStore implements WakeUpPort {
	constructor(
		private readonly gateway: Gateway,
		private readonly connection: Connection,
		private readonly logger: Logger,
		private readonly probes: ProbeTimes = PROBE_TIMES,
	) {}

	async listen(onHint: () => void): Promise<{ close(): Promise<void> }> {
		const listener = new Listener(this.connection, this.logger, this.probes, onHint);
		await listener.connect();
		return listener;
	}

	async hears(): Promise<boolean | null> {
		return hearsItself(this.connection, this.gateway);
	}

	async msUntilNextDue(): Promise<number | null> {
		const sql =
			'select extract(epoch from orchestrator.next_due_at() - clock_timestamp())::float8 * 1000 as answer';
		const ms = await this.gateway.answer(z.number().nullable(), sql);
		return ms === null ? null : Math.max(0, Math.ceil(ms));
	}
}

/** One direct connection that LISTENs, probes itself, and comes back after any loss with a hint. */
class Listener {
	private client: pg.Client | undefined;
	private timer: NodeJS.Timeout | undefined;
	private failures = 0;
	private closed = false;

	constructor(
		private readonly connection: Connection,
		private readonly logger: Logger,
		private readonly probes: ProbeTimes,
		private readonly onHint: () => void,
	) {}

	async close(): Promise<void> {
		this.closed = true;
		clearTimeout(this.timer);
		const client = this.client;
		this.client = undefined;
		await client?.end().catch(() => undefined);
	}

	async connect(): Promise<void> {
		const client = new pg.Client(clientConfig(this.connection));
		client.on('notification', () => this.onHint());
		client.on('error', (error) => this.lost(client, error));
		client.on('end', () => this.lost(client, new Error('the connection ended')));
		this.client = client;
		try {
			await client.connect();
			await client.query(`listen ${CHANNEL}`);
		} catch (error) {
			this.lost(client, error);
			return;
		}
		if (this.client !== client) return;
		const wasLost = this.failures > 0;
		this.failures = 0;
		this.probeLater(client);
		// What was notified while nobody listened is not told again.
		if (wasLost) this.onHint();
	}

	private probeLater(client: pg.Client): void {
		this.timer = setTimeout(() => void this.probe(client), this.probes.everyMs).unref();
	}

	private async probe(client: pg.Client): Promise<void> {
		let deadline: NodeJS.Timeout | undefined;
		const late = new Promise<never>((_, reject) => {
			deadline = setTimeout(
				() => reject(new Error('the connection is half open')),
				this.probes.timeoutMs,
			).unref();
		});
		try {
			await Promise.race([client.query('select 1'), late]);
			if (this.client === client) this.probeLater(client);
		} catch (error) {
			this.lost(client, error);
		} finally {
			clearTimeout(deadline);
		}
	}

	private lost(client: pg.Client, error: unknown): void {
		if (this.closed || this.client !== client) return;
		this.client = undefined;
		clearTimeout(this.timer);
		void client.end().catch(() => undefined);
		const pauseMs = RECONNECT_AFTER_MS[Math.min(this.failures, RECONNECT_AFTER_MS.length - 1)] ?? 15_000;
		this.failures++;
		this.logger.warn('The wake-up connection was lost; polling goes on.', {
			message: readError(error).message,
			pauseMs,
		});
		this.timer = setTimeout(() => void this.connect(), pauseMs).unref();
	}
}
