import type {
	KeyGates,
	ModelSnapshot,
	RecentWork,
	ResourcePort,
	Snapshot,
	TypeGates,
	TypeSnapshot,
} from '../../../core';
import { claimSnapshot } from './claim';
import type { FakeExecution, World } from './world';

/** What a run plans by, in memory. It has no server: one connection of the 20 that a login without a limit is taken for. */
export class FakeResources implements ResourcePort {
	constructor(private readonly world: World) {}

	async snapshot(): Promise<Snapshot> {
		const { world } = this;
		const tasks = world.live(world.tasks);
		const count = (state: string) => tasks.filter((task) => task.state === state).length;
		const { at, slots, types, keys } = claimSnapshot(world);
		return {
			at,
			slots,
			queue: {
				scheduled: count('scheduled'),
				queued: count('queued'),
				claimed: count('claimed'),
				running: count('running'),
				mode: world.queueMode,
			},
			types: types
				.map((gates) => this.typeOf(gates, keys))
				.sort((a, b) => (a.workflowType < b.workflowType ? -1 : 1)),
			models: this.models(),
			connections: { used: 1, limit: 20 },
		};
	}

	private typeOf(gates: TypeGates, keys: readonly KeyGates[]): TypeSnapshot {
		const { workflowType } = gates;
		const own = keys.filter((key) => key.workflowType === workflowType);
		const eligible = own.filter((key) => key.pause === null).flatMap((key) => key.line);
		const starts = this.executionsOf(workflowType).map((each) => each.createdAt.getTime());
		return {
			workflowType,
			paused: gates.pause !== null,
			eligible: eligible.length,
			heldByPausedKeys: own.some((key) => key.pause !== null && key.line.length > 0),
			nextDueAt: gates.nextDueAt,
			topPriority: eligible.length > 0 ? Math.max(...eligible.map((task) => task.priority)) : null,
			oldestEligibleAt: instant(Math.min(...eligible.map((task) => task.eligibleAt.getTime()))),
			running: gates.running,
			maxConcurrent: gates.maxConcurrent,
			batchSize: gates.batchSize,
			batchMax: gates.batchMax,
			limitSeconds: this.world.type(workflowType).limitSeconds,
			recent: this.recentWork(workflowType),
			cadenceSeconds: gates.cadenceSeconds,
			lastClaimedAt: instant(Math.max(...starts)),
			hasEndpoint: gates.hasEndpoint,
		};
	}

	/** The last 20 that ended by a report or an expiry. */
	private recentWork(workflowType: string): RecentWork {
		const ended = this.executionsOf(workflowType)
			.filter(({ state }) => state === 'reported' || state === 'expired')
			.sort((a, b) => endOf(b) - endOf(a))
			.slice(0, 20);
		const failed = ended.flatMap(({ executionId, taskIds }) => {
			const failures = this.world.failures.filter((each) => each.executionId === executionId);
			return taskIds.filter((id) => failures.some(({ taskId }) => taskId === id));
		});
		const times = ended
			.filter(({ state, startedAt }) => state === 'reported' && startedAt !== null)
			.map((each) => (endOf(each) - each.startedAt!.getTime()) / each.taskIds.length)
			.sort((a, b) => a - b);
		const tasks = ended.reduce((sum, { taskIds }) => sum + taskIds.length, 0);
		return { tasks, failed: failed.length, msPerTask: median(times) };
	}

	/** Each task in flight is taken for two requests to come. */
	private models(): ModelSnapshot[] {
		const { world } = this;
		const since = world.now().getTime() - 60_000;
		return world.models
			.filter((each) => each.enabled)
			.sort((a, b) => (a.provider < b.provider ? -1 : 1))
			.map(({ provider, model, baseUrl, requestsPerMinute }) => {
				const seen = world.requests.filter((each) => each.provider === provider && each.at.getTime() > since);
				const inFlight = world.active().filter((each) => each.provider === provider);
				const open = inFlight.flatMap(({ taskIds, executionId }) =>
					taskIds.filter((id) => world.task(id).executionId === executionId),
				);
				const requestsLastMinute = seen.reduce((sum, each) => sum + each.count, 0) + 2 * open.length;
				return { provider, model, base_url: baseUrl, requestsPerMinute, requestsLastMinute };
			});
	}

	private executionsOf(workflowType: string): FakeExecution[] {
		return this.world.live(this.world.executions).filter((each) => each.workflowType === workflowType);
	}
}

const endOf = ({ finishedAt }: FakeExecution): number => finishedAt?.getTime() ?? 0;
/** Infinite: there was none to compare. */
const instant = (ms: number): Date | null => (Number.isFinite(ms) ? new Date(ms) : null);

function median(sorted: number[]): number | null {
	const [low, high] = [
		sorted[Math.floor((sorted.length - 1) / 2)],
		sorted[Math.ceil((sorted.length - 1) / 2)],
	];
	return low === undefined || high === undefined ? null : (low + high) / 2;
}
