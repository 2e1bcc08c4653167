import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import {
	type Anomaly,
	type AnomalyReport,
	decideTransition,
	IllegalTransitionError,
	InvalidInputError,
	type JsonObject,
	redact,
	type HandledAnomaly,
	type Recoverable,
	type RecoveryReport,
	type RunPort,
	type RunStanding,
	type RunStarted,
	type RunState,
	type SlotAnswer,
	SlotLostError,
	type TaskError,
	type Zombie,
	type ZombieFilter,
} from '../../../core';
import { after, latest } from './clock';
import { storable } from './failures';
import { mayRunIn, runsIn } from './n8n-execution';
import { recover } from './recovery';
import { takeSlot } from './slots';
import type { FakeHeartbeat, FakeRun, World } from './world';

/** A run that says nothing for this long is given up. */
const RUN_LEASE_SECONDS = 300;
/** What a run says of its plan when it completes; one without says nothing of it. */
const plannedIn = z.object({ queue: z.object({ mode: z.enum(['normal', 'batch']) }) });
/** What each step of a run adds to its slot at least. */
const SLOT_STEP_SECONDS = 60;

/** Heartbeat slots and runs in memory. */
export class FakeRuns implements RunPort {
	constructor(private readonly world: World) {}

	async takeSlot(request: Parameters<RunPort['takeSlot']>[0]): Promise<SlotAnswer> {
		return takeSlot(this.world, request);
	}

	async begin({
		kind,
		owner,
		slot,
		n8nExecutionId,
		context = {},
		n8nInstance,
	}: Parameters<RunPort['begin']>[0]): Promise<RunStarted> {
		const { world } = this;
		const runId = randomUUID();
		const heartbeat = kind === 'heartbeat' ? this.heldSlot(slot?.slotKey, slot?.epoch) : null;
		const run: FakeRun = {
			runId,
			kind,
			state: 'IDLE',
			owner,
			slotKey: heartbeat?.slotKey ?? (kind === 'manual' ? `manual:${runId}` : null),
			slotEpoch: heartbeat?.epoch ?? 1,
			leaseUntil: after(world.now(), RUN_LEASE_SECONDS),
			n8nExecutionId: n8nExecutionId ?? null,
			context: redact(context),
			n8nInstance: n8nInstance || null,
			error: null,
			createdAt: world.now(),
			finishedAt: null,
			archived: false,
		};
		world.runs.set(runId, run);
		if (heartbeat) heartbeat.runId = runId;
		await this.transition(runId, 'ANALYZING');
		return { runId, kind, state: run.state };
	}

	async transition(runId: string, to: RunState, context: JsonObject = {}): Promise<boolean> {
		const run = this.world.runs.get(runId);
		if (!run) throw new InvalidInputError(`there is no run ${runId}.`, 'Correct this value.');
		if (run.state === to) return false;
		const decision = decideTransition('run', run.state, to);
		if (!decision.legal)
			throw new IllegalTransitionError(`${decision.reason}.`, 'Look at the log of its transitions.');
		if (to === 'COMPLETED' || to === 'ERROR_RECOVERY') {
			return endRun(this.world, run, to, to === 'ERROR_RECOVERY' ? context : null);
		}
		run.state = to;
		run.context = { ...run.context, ...redact(context) };
		run.leaseUntil = after(this.world.now(), RUN_LEASE_SECONDS);
		const slot = slotOf(this.world, run);
		if (slot) slot.leaseUntil = latest(slot.leaseUntil, after(this.world.now(), SLOT_STEP_SECONDS));
		return true;
	}

	async state(runId: string): Promise<RunStanding | null> {
		const run = this.world.runs.get(runId);
		if (!run) return null;
		const message = run.error?.message;
		return { state: run.state, reason: typeof message === 'string' ? message : null };
	}

	async complete(runId: string, context: JsonObject = {}): Promise<boolean> {
		const run = this.world.runs.get(runId);
		if (run === undefined || !endRun(this.world, run, 'COMPLETED', null)) return false;
		run.context = { ...run.context, ...redact(context) };
		const { data } = plannedIn.safeParse(context);
		if (data) this.world.queueMode = data.queue.mode;
		return true;
	}

	async fail(runId: string, error: TaskError): Promise<boolean> {
		const run = this.world.runs.get(runId);
		return run !== undefined && endRun(this.world, run, 'ERROR_RECOVERY', storable(error));
	}

	async failByN8nExecution(n8nExecutionId: string, error: TaskError, n8nInstance?: string): Promise<boolean> {
		const open = [...this.world.runs.values()].filter(
			(run) => runsIn(run, n8nExecutionId, n8nInstance) && run.finishedAt === null,
		);
		for (const run of open) await this.fail(run.runId, error);
		return open.length > 0;
	}

	async recover(request: { limit?: number } = {}): Promise<RecoveryReport> {
		const expired = (run: FakeRun) =>
			endRun(this.world, run, 'ERROR_RECOVERY', {
				code: 'LEASE_EXPIRED',
				message: 'The run ended without a word; its lease ran out.',
			});
		return recover(this.world, request.limit ?? 100, expired);
	}

	/** One thread and no crash: nothing that the real one looks for can come about. */
	async findAnomalies(): Promise<Anomaly[]> {
		return [];
	}

	async openAnomalies(): Promise<HandledAnomaly[]> {
		return [];
	}

	async recoverable(): Promise<Recoverable> {
		const { world } = this;
		const now = world.now();
		const past = (at: Date | null | undefined) => at !== null && at !== undefined && at <= now;
		const tasks = [...world.tasks.values()].filter(
			({ state }) => state === 'scheduled' || state === 'queued',
		);
		return {
			expiredExecutions: [...world.executions.values()].filter(({ leaseUntil }) => past(leaseUntil)).length,
			stuckRuns: [...world.runs.values()].filter(({ leaseUntil }) => past(leaseUntil)).length,
			overdueTasks: tasks.filter(({ expiresAt }) => past(expiresAt)).length,
			dueTasks: tasks.filter(({ notBefore, expiresAt }) => past(notBefore) && !past(expiresAt)).length,
			oldDeadLetters: [...world.deadLetters.values()].filter(({ expiresAt }) => past(expiresAt)).length,
		};
	}

	async handleAnomalies(): Promise<AnomalyReport> {
		return { found: 0, repaired: 0, resolved: 0, open: 0 };
	}

	async zombies(request: ZombieFilter = {}): Promise<Zombie[]> {
		const { world } = this;
		const since = after(world.now(), -86_400);
		const zombies = [...world.executions.values()].flatMap((each): Zombie[] => {
			const { executionId, epoch, workflowType, n8nInstance, n8nExecutionId, finishedAt, stopAskedAt } = each;
			const takenAway = each.state === 'expired' || each.state === 'cancelled';
			if (!takenAway || !finishedAt || finishedAt <= since) return [];
			if (!each.startedAt || n8nExecutionId === null || each.n8nEndedAt) return [];
			if (request.n8nInstance !== undefined && !mayRunIn(each, request.n8nInstance)) return [];
			const ids = { executionId, epoch, workflowType, n8nInstance, n8nExecutionId };
			return [{ ...ids, takenAwayAt: finishedAt, stopAskedAt }];
		});
		zombies.sort((a, b) => b.takenAwayAt.getTime() - a.takenAwayAt.getTime());
		return zombies.slice(0, request.limit ?? 100);
	}

	async noteZombie(executionId: string, ended: boolean): Promise<boolean> {
		const execution = this.world.executions.get(executionId);
		const takenAway = execution?.state === 'expired' || execution?.state === 'cancelled';
		if (!execution || !takenAway || execution.n8nEndedAt) return false;
		execution.stopAskedAt = this.world.now();
		if (ended) execution.n8nEndedAt = this.world.now();
		return true;
	}

	private heldSlot(slotKey = '(none)', epoch?: number): FakeHeartbeat {
		const heartbeat = this.world.heartbeats.get(slotKey);
		if (heartbeat && heartbeat.epoch === epoch && heartbeat.finishedAt === null) return heartbeat;
		throw new SlotLostError(
			`heartbeat slot ${slotKey} is no longer held with epoch ${epoch ?? '(none)'}.`,
			'Nothing to do: the heartbeat that took over does the work.',
		);
	}
}

/** Only while it is the run's own: not finished, and not taken over. */
function slotOf(world: World, { slotKey, slotEpoch, kind }: FakeRun): FakeHeartbeat | undefined {
	const slot = kind === 'heartbeat' && slotKey !== null ? world.heartbeats.get(slotKey) : undefined;
	return slot?.epoch === slotEpoch && slot.finishedAt === null ? slot : undefined;
}

/** S13: one completion a slot; a heartbeat whose slot was taken over ends in ERROR_RECOVERY. False: not ended as asked. */
function endRun(
	world: World,
	run: FakeRun,
	wanted: 'COMPLETED' | 'ERROR_RECOVERY',
	error: JsonObject | null,
): boolean {
	if (run.finishedAt !== null) return false;
	const slot = slotOf(world, run);
	const lost = wanted === 'COMPLETED' && run.kind === 'heartbeat' && slot?.runId !== run.runId;
	if (wanted === 'COMPLETED' && !lost && slot) slot.finishedAt = world.now();
	const slotLost = {
		code: 'SLOT_LOST',
		message: 'Another heartbeat took the slot over before this run ended.',
	};
	run.state = lost ? 'ERROR_RECOVERY' : wanted;
	run.error = lost ? slotLost : error;
	run.leaseUntil = null;
	run.finishedAt = world.now();
	return !lost;
}
