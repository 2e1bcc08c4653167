import {
	checkChangeFilter,
	checkLetterFilter,
	type DeadLetter,
	type DeadLetterFilter,
	type DeadLetterGroup,
	type DeadLetterPage,
	type DeadLetterPort,
	type DiscardAnswer,
	type DiscardOptions,
	InvalidInputError,
	type RedriveAnswer,
	type RedriveOptions,
} from '../../../core';
import { boundedLimit, namedActor } from './bounds';
import { after } from './clock';
import { moveTask } from './task-log';
import type { World } from './world';

/** Dead letters in memory. */
export class FakeDeadLetters implements DeadLetterPort {
	constructor(private readonly world: World) {}

	async list(
		filter: DeadLetterFilter = {},
		{ after: behind, limit }: { after?: string; limit?: number } = {},
	): Promise<DeadLetterPage> {
		const most = boundedLimit(limit, 100, 1000);
		const all = this.find(filter);
		const from = behind === undefined ? 0 : placeBehind(all, behind);
		const letters = all.slice(from, from + most);
		const last = letters.at(-1);
		return { letters, next: last && all.length > from + most ? placeOf(last) : null };
	}

	async analyze(filter: DeadLetterFilter = {}): Promise<DeadLetterGroup[]> {
		const groups = new Map<string, DeadLetter[]>();
		for (const letter of this.find(filter))
			groups.set(letter.cause, [...(groups.get(letter.cause) ?? []), letter]);
		return [...groups.values()]
			.flatMap((letters) => groupOf(letters) ?? [])
			.sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1))
			.slice(0, 100);
	}

	async redrive(filter: DeadLetterFilter, options: RedriveOptions): Promise<RedriveAnswer> {
		const { world } = this;
		const actor = namedActor(options.actor);
		checkChangeFilter(filter);
		const { ratePerMinute, dryRun = false } = options;
		if (ratePerMinute !== undefined && !(ratePerMinute > 0))
			throw new InvalidInputError(
				`ratePerMinute must be above 0, got ${ratePerMinute}.`,
				'Correct this value.',
			);
		const matching = this.find(filter);
		const chosen = matching.slice(0, boundedLimit(options.limit, 1000, 10_000)).reverse();
		const gap = ratePerMinute === undefined ? 0 : 60 / ratePerMinute;
		const dueAt = (n: number) => after(world.now(), n * gap);
		for (const [n, letter] of chosen.entries()) if (!dryRun) this.putBack(letter, dueAt(n), actor);
		return {
			matching: matching.length,
			taskIds: chosen.map((letter) => letter.taskId),
			lastDueAt: chosen.length > 0 ? dueAt(chosen.length - 1) : null,
		};
	}

	async discard(filter: DeadLetterFilter, options: DiscardOptions): Promise<DiscardAnswer> {
		const discardedBy = namedActor(options.actor);
		checkChangeFilter(filter);
		const matching = this.find(filter);
		const chosen = matching.slice(0, boundedLimit(options.limit, 1000, 10_000));
		if (!options.dryRun)
			for (const letter of chosen)
				this.put(letter, { status: 'discarded', discardedAt: this.world.now(), discardedBy });
		return { matching: matching.length, taskIds: inOrder(chosen.map((letter) => letter.taskId)) };
	}

	/** Attempts start anew, the epoch does not: a callback of the earlier life is stale. */
	private putBack(letter: DeadLetter, dueAt: Date, actor: string): void {
		const { world } = this;
		const task = world.task(Number(letter.taskId));
		const began = letter.redrivenAt ?? task.createdAt;
		const waits = task.expiresAt && (task.expiresAt.getTime() - began.getTime()) / 1000;
		moveTask(
			world,
			task,
			'scheduled',
			{ actor: `redrive:${actor}` },
			{
				attempts: 0,
				deliveryFailures: 0,
				notBefore: dueAt,
				eligibleAt: dueAt,
				finishedAt: null,
				expiresAt: waits === null ? null : after(dueAt, waits),
			},
		);
		const redrives = letter.redrives + 1;
		this.put(letter, { status: 'redriven', redrives, redrivenAt: world.now(), redrivenBy: actor });
	}

	private put(letter: DeadLetter, change: Partial<DeadLetter>): void {
		this.world.deadLetters.set(Number(letter.taskId), { ...letter, ...change });
	}

	/** The latest death first. */
	private find({ status = 'open', ...filter }: DeadLetterFilter): DeadLetter[] {
		checkLetterFilter(filter);
		const has = <T>(wanted: T[] | undefined, value: T) => wanted === undefined || wanted.includes(value);
		return [...this.world.deadLetters.values()]
			.filter((letter) => status === 'all' || letter.status === status)
			.filter((letter) => letter.expiresAt > this.world.now())
			.filter(
				(letter) => has(filter.workflowTypes, letter.workflowType) && has(filter.fairKeys, letter.fairKey),
			)
			.filter((letter) => has(filter.causes, letter.cause) && has(filter.taskIds, letter.taskId))
			.filter((letter) => !filter.diedAfter || letter.diedAt >= filter.diedAfter)
			.filter((letter) => !filter.diedBefore || letter.diedAt < filter.diedBefore)
			.sort((a, b) => b.diedAt.getTime() - a.diedAt.getTime() || Number(b.taskId) - Number(a.taskId));
	}
}

/** The latest first, as `find` gives them. */
function groupOf(letters: readonly DeadLetter[]): DeadLetterGroup | null {
	const [latest] = letters;
	const first = letters.at(-1);
	if (!latest || !first) return null;
	const workflowTypes: Record<string, number> = {};
	for (const { workflowType } of letters)
		workflowTypes[workflowType] = (workflowTypes[workflowType] ?? 0) + 1;
	const { cause, code, taskId, message } = latest;
	return {
		cause,
		code,
		count: letters.length,
		workflowTypes,
		firstDiedAt: first.diedAt,
		lastDiedAt: latest.diedAt,
		sample: { taskId, message },
	};
}

const placeOf = ({ diedAt, taskId }: DeadLetter) => `${diedAt.getTime()}/${taskId}`;

function placeBehind(all: readonly DeadLetter[], place: string): number {
	const at = all.findIndex((letter) => placeOf(letter) === place);
	if (at >= 0) return at + 1;
	throw new InvalidInputError(`after must be the "next" of a page, got ${place}.`, 'Correct this value.');
}

function inOrder(taskIds: string[]): string[] {
	return [...taskIds].sort((a, b) => Number(a) - Number(b));
}
