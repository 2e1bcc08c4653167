import { z } from 'zod/v4';
import type { JsonObject, TaskError } from '../contract';
import type { RunPort } from '../orchestrator';
import type { Logger } from '../ports';
import type {
	Anomaly,
	AnomalyReport,
	HandledAnomaly,
	Recoverable,
	RecoveryReport,
	RunStanding,
	RunStarted,
	RunState,
	SlotAnswer,
	Zombie,
	ZombieFilter,
} from '../run/run';
import { RUN_STATES } from '../run/run';
import { CLOCK_SKEW_WARNING_MS, HEARTBEAT_INTERVAL_SECONDS, SLOT_LEASE_SECONDS } from '../schedule/slot';
import { findAnomalies, findZombies, openAnomalies } from './anomaly-rows';
import { type Gateway, instant } from './gateway';

/** Executions one recovery pass looks at; the next pass takes the rest. */
const DEFAULT_RECOVER_LIMIT = 100;

const slot = z.object({
	slotKey: z.string(),
	slotAt: instant,
	epoch: z.number(),
	leaseUntil: instant,
	deviationMs: z.number(),
	clockSkewMs: z.number(),
});
const slotAnswer: z.ZodType<SlotAnswer> = z.discriminatedUnion('won', [
	z.object({ won: z.literal(true), slot }),
	z.object({
		won: z.literal(false),
		slotKey: z.string(),
		slotAt: instant,
		reason: z.enum(['held_by_other', 'already_finished']),
	}),
]);
const standing: z.ZodType<RunStanding> = z.object({
	state: z.enum(RUN_STATES),
	reason: z.string().nullable(),
});
const anomalies: z.ZodType<AnomalyReport> = z.object({
	found: z.number(),
	repaired: z.number(),
	resolved: z.number(),
	open: z.number(),
});
const report: z.ZodType<RecoveryReport> = z.object({
	expiredExecutions: z.number(),
	requeuedTasks: z.number(),
	deadTasks: z.number(),
	promotedTasks: z.number(),
	abandonedRuns: z.number(),
	anomalies,
	purgedDeadLetters: z.number(),
});

const recoverable: z.ZodType<Recoverable> = z.object({
	expiredExecutions: z.number(),
	stuckRuns: z.number(),
	overdueTasks: z.number(),
	dueTasks: z.number(),
	oldDeadLetters: z.number(),
});

/** Heartbeat slots and runs on Postgres. */
export class RunStore implements RunPort {
	constructor(
		private readonly gateway: Gateway,
		private readonly logger: Logger,
	) {}

	async takeSlot(request: Parameters<RunPort['takeSlot']>[0]): Promise<SlotAnswer> {
		const {
			owner,
			intervalSeconds = HEARTBEAT_INTERVAL_SECONDS,
			leaseSeconds = SLOT_LEASE_SECONDS,
			localTime,
		} = request;
		const sql = 'select orchestrator.take_heartbeat_slot($1, $2, $3, $4) as answer';
		const answer = await this.gateway.answer(slotAnswer, sql, [
			owner,
			intervalSeconds,
			leaseSeconds,
			localTime,
		]);
		if (answer.won && Math.abs(answer.slot.clockSkewMs) > CLOCK_SKEW_WARNING_MS) {
			this.logger.warn('The clocks of this process and of the database differ.', {
				clockSkewMs: answer.slot.clockSkewMs,
			});
		}
		return answer;
	}

	async begin({
		kind,
		owner,
		slot: held,
		n8nExecutionId,
		n8nInstance,
		context = {},
	}: Parameters<RunPort['begin']>[0]): Promise<RunStarted> {
		const sql = 'select orchestrator.start_run($1, $2, $3, $4, $5, $6, $7) as answer';
		const values = [
			kind,
			owner,
			held?.slotKey ?? null,
			held?.epoch ?? null,
			n8nInstance ?? null,
			n8nExecutionId ?? null,
			JSON.stringify(context),
		];
		const runId = await this.gateway.answer(z.string(), sql, values);
		return { runId, kind, state: 'ANALYZING' };
	}

	async transition(runId: string, to: RunState, context: JsonObject = {}): Promise<boolean> {
		const sql = 'select orchestrator.update_execution_status($1, $2, $3) as answer';
		return this.gateway.answer(z.boolean(), sql, [runId, to, JSON.stringify(context)]);
	}

	async state(runId: string): Promise<RunStanding | null> {
		return this.gateway.answer(standing.nullable(), 'select orchestrator.run_state($1) as answer', [runId]);
	}

	async complete(runId: string, context: JsonObject = {}): Promise<boolean> {
		return this.gateway.answer(z.boolean(), 'select orchestrator.complete_run($1, $2) as answer', [
			runId,
			JSON.stringify(context),
		]);
	}

	async fail(runId: string, error: TaskError): Promise<boolean> {
		return this.gateway.answer(z.boolean(), 'select orchestrator.fail_run($1, $2) as answer', [
			runId,
			JSON.stringify(error),
		]);
	}

	async failByN8nExecution(n8nExecutionId: string, error: TaskError, n8nInstance?: string): Promise<boolean> {
		const sql = 'select orchestrator.fail_n8n_run($1, $2, $3) as answer';
		return this.gateway.answer(z.boolean(), sql, [n8nInstance, n8nExecutionId, JSON.stringify(error)]);
	}

	async findAnomalies(request: { deep?: boolean; limit?: number } = {}): Promise<Anomaly[]> {
		return findAnomalies(this.gateway, request.deep ?? false, request.limit ?? DEFAULT_RECOVER_LIMIT);
	}

	async handleAnomalies(request: { deep?: boolean; limit?: number } = {}): Promise<AnomalyReport> {
		const sql = 'select orchestrator.handle_anomalies($1, $2) as answer';
		const values = [request.limit ?? DEFAULT_RECOVER_LIMIT, request.deep ?? false];
		return this.gateway.answer(anomalies, sql, values);
	}

	async recoverable(): Promise<Recoverable> {
		return this.gateway.answer(recoverable, 'select orchestrator.recoverable() as answer', []);
	}

	async openAnomalies(request: { withinSeconds?: number; limit?: number } = {}): Promise<HandledAnomaly[]> {
		return openAnomalies(this.gateway, request.withinSeconds ?? 0, request.limit ?? DEFAULT_RECOVER_LIMIT);
	}

	async zombies(request: ZombieFilter = {}): Promise<Zombie[]> {
		return findZombies(this.gateway, { ...request, limit: request.limit ?? DEFAULT_RECOVER_LIMIT });
	}

	async noteZombie(executionId: string, ended: boolean): Promise<boolean> {
		const sql = 'select orchestrator.note_zombie($1, $2) as answer';
		return this.gateway.answer(z.boolean(), sql, [executionId, ended]);
	}

	async recover(request: { limit?: number } = {}): Promise<RecoveryReport> {
		const sql = 'select orchestrator.recover_expired($1) as answer';
		return this.gateway.answer(report, sql, [request.limit ?? DEFAULT_RECOVER_LIMIT]);
	}
}
