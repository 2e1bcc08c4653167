import { ENDED_EXECUTION, executionLives, type ExecutionLife, groupBy } from '../lives';
import type { History, Rule, Transition } from '../records';

/** S5: nobody is overtaken by a task that became eligible this much later. */
export const OVERTAKING_BOUND_MS = 90 * 60_000;
/** A claim sees what was committed before it began, the log has both at the time of writing: closer than this, nothing is said. */
const IN_DOUBT_MS = 1500;

/** A stay of a task in the queue: from the entry that queued it to the one that took it out. */
interface Stay {
	taskId: string;
	fairKey: string;
	workflowType: string;
	eligibleAt: number | null;
	queued: Transition;
	left: Transition | null;
}

/**
 * While other keys have tasks to claim, no key leads more executions than its share of the slots (S6). Only keys of the same
 * type are judged: whether another type was in the plan of the claim stands in no log. Fewer contenders, a larger share.
 */
export const withinShares: Rule = (history) => {
	const stays = staysOf(history);
	const { keys, slots } = history.limits;
	return claimsInOrder(history).flatMap(({ life, heldBy }) => {
		const { fairKey, workflowType } = life.execution;
		if (fairKey === null) return [];
		const others = contendersOf(stays, life.claimed).filter(
			(key) => key !== fairKey && keys[key]?.workflowType === workflowType,
		);
		if (others.length === 0) return [];
		const weightOf = (key: string) => keys[key]?.weight ?? 1;
		const total = others.reduce((sum, key) => sum + weightOf(key), weightOf(fairKey));
		const cap = Math.max(1, Math.ceil((weightOf(fairKey) * slots) / total));
		const leads = heldBy(fairKey);
		if (leads.length <= cap) return [];
		return [
			{
				what: `“${fairKey}” leads ${leads.length} executions while ${others.map((key) => `“${key}”`).join(', ')} waited; its share is ${cap}`,
				seqs: leads.map(({ claimed }) => claimed.seq),
			},
		];
	});
};

/** Within the gates, a waiting task is passed over only by tasks that became eligible at most 90 minutes after it (S5). */
export const overtakenWithinBound: Rule = (history) => {
	const stays = staysOf(history).filter(isDated);
	return claimsInOrder(history).flatMap((claim) => {
		const { execution, claimed } = claim.life;
		const won = stays.filter(({ left }) => left?.to === 'claimed' && left.executionId === execution.id);
		const waiting = stays.filter((stay) => waitedThroughout(stay, claimed));
		return won.flatMap((winner) => {
			const passed = waiting.find(
				(stay) =>
					winner.eligibleAt - stay.eligibleAt > OVERTAKING_BOUND_MS && couldHaveGone(stay, winner, claim),
			);
			if (!passed) return [];
			const minutes = Math.round((winner.eligibleAt - passed.eligibleAt) / 60_000);
			const what = `task ${passed.taskId} was overtaken by task ${winner.taskId}, eligible ${minutes} minutes later`;
			return [{ what, seqs: [passed.queued.seq, winner.left?.seq ?? claimed.seq] }];
		});
	});
};

/** Of the winner's key; or of another one that no share held back: the winner leads, and that key holds nothing. */
function couldHaveGone(passed: Stay, winner: Stay, { life, heldBy }: Claim): boolean {
	if (passed.fairKey === winner.fairKey) return true;
	const leads = life.execution.taskIds[0] === winner.taskId;
	return leads && passed.workflowType === winner.workflowType && heldBy(passed.fairKey).length === 0;
}

function isDated(stay: Stay): stay is Stay & { eligibleAt: number } {
	return stay.eligibleAt !== null;
}

function staysOf({ transitions, tasks, visits }: History): Stay[] {
	const rows = new Map(tasks.map((task) => [task.id, task]));
	const due = new Map(
		visits.map(({ taskId, epoch, eligibleAt }) => [`${taskId} ${epoch}`, eligibleAt.getTime()]),
	);
	return [
		...groupBy(
			transitions.filter(({ entity }) => entity === 'task'),
			({ taskId }) => taskId ?? '',
		),
	].flatMap(([taskId, life]) => {
		const { fairKey, workflowType } = rows.get(taskId) ?? { fairKey: '?', workflowType: '?' };
		return life.flatMap((queued, index) =>
			queued.to === 'queued'
				? [
						{
							taskId,
							fairKey,
							workflowType,
							queued,
							left: life[index + 1] ?? null,
							eligibleAt: due.get(`${taskId} ${queued.epoch}`) ?? null,
						},
					]
				: [],
		);
	});
}

function waitedThroughout({ queued, left }: Stay, { seq, at }: Transition): boolean {
	const before = queued.seq < seq && at.getTime() - queued.at.getTime() > IN_DOUBT_MS;
	return before && (left === null || left.at.getTime() - at.getTime() > IN_DOUBT_MS);
}

function contendersOf(stays: readonly Stay[], claim: Transition): string[] {
	return [...new Set(stays.filter((stay) => waitedThroughout(stay, claim)).map(({ fairKey }) => fairKey))];
}

interface Claim {
	life: ExecutionLife;
	/** What a key leads with this claim counted. */
	heldBy(fairKey: string): ExecutionLife[];
}

/** Every claim in the order of the log, with what ran just then. */
function claimsInOrder(history: History): Claim[] {
	const lives = executionLives(history);
	const running = new Map<string, ExecutionLife>();
	const claims: Claim[] = [];
	for (const { entity, executionId, from, to } of history.transitions) {
		const life = entity === 'execution' ? lives.get(executionId ?? '') : undefined;
		if (!life) continue;
		if (ENDED_EXECUTION.has(to)) running.delete(life.execution.id);
		if (from !== null) continue;
		running.set(life.execution.id, life);
		const held = [...running.values()];
		claims.push({ life, heldBy: (fairKey) => held.filter(({ execution }) => execution.fairKey === fairKey) });
	}
	return claims;
}
