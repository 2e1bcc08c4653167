import type { TaskState } from '../task/task';
import { defaultPolicy, modelClaim, type ModelExecution, shareCaps } from './claim-model';
import type { ClaimSnapshot, KeyGates, TypeGates } from './claim-snapshot';
import type { Pause } from './gate';

/** What can hold a waiting task, in the order in which it is asked; what no waiting helps against comes first. */
export const GATES = [
	'waited_too_long',
	'not_due',
	'paused',
	'key_paused',
	'no_endpoint',
	'cadence',
	'type_concurrency',
	'global_concurrency',
	'fair_share',
	'tasks_ahead',
] as const;
export type Gate = (typeof GATES)[number];

export interface ClosedGate {
	gate: Gate;
	/** A sentence for a person. */
	because: string;
	/** Null: nobody can tell. */
	opensAt: Date | null;
}

/** The task with its surroundings, as SQL `explain_task` reads them. */
export interface TaskSnapshot {
	task: {
		taskId: string;
		state: TaskState;
		workflowType: string;
		fairKey: string;
		priority: number;
		eligibleAt: Date;
		notBefore: Date | null;
		expiresAt: Date | null;
		finishedAt: Date | null;
		executionId: string | null;
		/** It has left the queue's tables, some time after its end. */
		archived: boolean;
	};
	/** Tasks that a claim takes before it, by the real order; counted up to `bound` a fair key and priority. */
	ahead: { count: number; bound: number };
	queue: ClaimSnapshot;
}

export interface Explanation {
	taskId: string;
	state: TaskState;
	/** `claimable`: the next claim takes it. */
	verdict: 'ended' | 'in_work' | 'held' | 'claimable';
	summary: string;
	/** Every closed gate; the first is what holds it. Empty unless held. */
	gates: ClosedGate[];
	/** Null unless it waits. */
	tasksAhead: number | null;
	/** Null: ended, in work, or neither known nor to be expected, for the reason in `unknownBecause`. */
	earliestStart: Date | null;
	/** What is known although the start is not: no gate with a known time opens before. Null: nothing, or it waits no more. */
	noEarlierThan: Date | null;
	/** Its deadline for waiting: if it waits still, recovery buries it. Null: none, or it waits no more. */
	expiresAt: Date | null;
	unknownBecause: string | null;
}

/** Says of any task what holds it and when it can start at the earliest. */
export function explainTask(snapshot: TaskSnapshot): Explanation {
	const { task, ahead } = snapshot;
	const base = { taskId: task.taskId, state: task.state, gates: [], tasksAhead: null, ...NO_TIMES };
	if (task.finishedAt !== null)
		return {
			...base,
			verdict: 'ended',
			summary: `It is ${task.state} since ${iso(task.finishedAt)}${task.archived ? ', and in the archive' : ''}.`,
		};
	if (task.executionId !== null)
		return {
			...base,
			verdict: 'in_work',
			summary: `Execution ${task.executionId} works on it.`,
		};
	const gates = closedGates(snapshot);
	const [first] = gates;
	const waiting = { ...base, tasksAhead: ahead.count, expiresAt: task.expiresAt };
	if (!first) {
		const summary = 'Nothing holds it: the next claim takes it.';
		const { at } = snapshot.queue;
		return { ...waiting, verdict: 'claimable', summary, earliestStart: at, noEarlierThan: at };
	}
	const unknown = gates.find((each) => each.opensAt === null);
	const noEarlierThan = latest(gates);
	return {
		...waiting,
		verdict: 'held',
		summary: first.because,
		gates,
		earliestStart: unknown ? null : noEarlierThan,
		noEarlierThan,
		unknownBecause: unknown ? unknown.because : null,
	};
}

const NO_TIMES = { earliestStart: null, noEarlierThan: null, expiresAt: null, unknownBecause: null };

/** Gates of the task, of its type and key; only when all of these are open its place in line is what matters. */
function closedGates(snapshot: TaskSnapshot): ClosedGate[] {
	const { task, queue } = snapshot;
	const type = queue.types.find((each) => each.workflowType === task.workflowType);
	const key = queue.keys.find((each) => each.fairKey === task.fairKey);
	const gates = [
		...notDue(task, queue.at),
		...(key?.pause ? [pausedKey(key.fairKey, key.pause)] : []),
		...(type ? gatesOfType(type) : []),
		...gatesOfSlots(queue),
	];
	const closed = [...waitsTooLong(task, queue.at, latest(gates)), ...gates].sort(
		(a, b) => GATES.indexOf(a.gate) - GATES.indexOf(b.gate),
	);
	return closed.length > 0 ? closed : placeInLine(snapshot);
}

function notDue({ notBefore }: TaskSnapshot['task'], at: Date): ClosedGate[] {
	if (notBefore === null || notBefore <= at) return [];
	return [{ gate: 'not_due', because: `It is due at ${iso(notBefore)}.`, opensAt: notBefore }];
}

/** The deadline for waiting has passed, or passes before the gates open whose time is known: no claim takes it. */
function waitsTooLong(
	{ expiresAt }: TaskSnapshot['task'],
	at: Date,
	noEarlierThan: Date | null,
): ClosedGate[] {
	if (expiresAt === null || expiresAt > (noEarlierThan ?? at)) return [];
	const because =
		expiresAt <= at || noEarlierThan === null
			? `Its deadline for waiting passed at ${iso(expiresAt)}: the next recovery buries it.`
			: `It cannot start before ${iso(noEarlierThan)}, and waits until ${iso(expiresAt)} at most: then recovery buries it.`;
	return [{ gate: 'waited_too_long', because, opensAt: null }];
}

/** Everything that holds a whole type, in the order in which it is asked; the share and the order of the queue aside. */
export function gatesOfType(type: TypeGates): ClosedGate[] {
	const { workflowType, running, maxConcurrent, cadenceOpensAt } = type;
	const gates: ClosedGate[] = [];
	if (type.pause)
		gates.push({ gate: 'paused', because: `Type ${workflowType} is ${inWords(type.pause)}.`, opensAt: null });
	if (!type.hasEndpoint) {
		const because = `Type ${workflowType} has no address: publish its workflow, and the Master Orchestrator's.`;
		gates.push({ gate: 'no_endpoint', because, opensAt: null });
	}
	if (cadenceOpensAt) {
		const because = `Type ${workflowType} starts every ${type.cadenceSeconds} s at most, next at ${iso(cadenceOpensAt)}.`;
		gates.push({ gate: 'cadence', because, opensAt: cadenceOpensAt });
	}
	if (running >= maxConcurrent) {
		const because = `${running} of ${maxConcurrent} executions of type ${workflowType} run: one has to end first.`;
		gates.push({ gate: 'type_concurrency', because, opensAt: null });
	}
	return gates;
}

export function gatesOfSlots({ slots }: ClaimSnapshot): ClosedGate[] {
	if (slots.free > 0) return [];
	const because = `All ${slots.total} execution slots are taken: an execution has to end first.`;
	return [{ gate: 'global_concurrency', because, opensAt: null }];
}

export function pausedKey(fairKey: string, pause: Pause): ClosedGate {
	return { gate: 'key_paused', because: `Fair key ${fairKey} is ${inWords(pause)}.`, opensAt: null };
}

/** No gate is closed: whether the next claim takes it depends on share and order. */
function placeInLine({ task, ahead, queue }: TaskSnapshot): ClosedGate[] {
	const next = modelClaim(queue, defaultPolicy(queue));
	if (next.some((each) => each.taskIds.includes(task.taskId))) return [];
	const share = shareGate(queue, task.fairKey);
	if (share) return [share];
	const more = ahead.count >= ahead.bound ? 'At least ' : '';
	const because = `${more}${ahead.count} tasks are ahead of it; the next claim takes ${countOf(next)}.`;
	return [{ gate: 'tasks_ahead', because, opensAt: null }];
}

/** The key already leads its share of the slots while others wait (S6); null = it may lead another one. */
export function shareGate(queue: ClaimSnapshot, fairKey: string): ClosedGate | null {
	const open = new Set(
		queue.types.filter((type) => gatesOfType(type).length === 0).map((type) => type.workflowType),
	);
	const waiting = queue.keys.filter(
		(key: KeyGates) => key.pause === null && open.has(key.workflowType) && key.line.length > 0,
	);
	const caps = shareCaps(new Map(waiting.map((key) => [key.fairKey, key.weight])), queue.slots.total);
	const cap = caps.get(fairKey) ?? Infinity;
	const running = queue.keys.find((each) => each.fairKey === fairKey)?.running ?? 0;
	if (running < cap) return null;
	const because = `Fair key ${fairKey} leads ${running} executions, its share of ${queue.slots.total} slots while others wait.`;
	return { gate: 'fair_share', because, opensAt: null };
}

function countOf(executions: readonly ModelExecution[]): number {
	return executions.reduce((sum, each) => sum + each.taskIds.length, 0);
}

/** Of the times that are known; null = none is. */
function latest(gates: readonly ClosedGate[]): Date | null {
	const known = gates.flatMap(({ opensAt }) => opensAt ?? []);
	return known.length === 0 ? null : new Date(Math.max(...known.map((at) => at.getTime())));
}

function inWords({ at, by, reason }: Pause): string {
	return `paused by ${by} since ${iso(at)}${reason === null ? '' : ` (${reason})`}`;
}

const iso = (at: Date) => at.toISOString();
