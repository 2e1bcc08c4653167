import { randomUUID } from 'node:crypto';
import {
	type ClaimedExecution,
	type ClaimPlan,
	type ClaimSnapshot,
	type KeyGates,
	modelClaim,
	type ModelExecution,
	type TaskSnapshot,
	type TypeGates,
	compareRank,
} from '../../../core';
import { after, latest } from './clock';
import { moveTask } from './task-log';
import type { FakeExecution, FakeKey, FakeTask, FakeType, World } from './world';

/** What a claim would see now; the model of the product itself decides on it. */
export function claimSnapshot(world: World): ClaimSnapshot {
	const running = world.active();
	const keys = [...world.keys.values()].map((key) => keyGates(world, key, running));
	return {
		at: world.now(),
		slots: { total: world.slots, free: Math.max(0, world.slots - running.length) },
		types: [...world.types.values()].map((type) => typeGates(world, type, running)),
		keys: keys.filter(({ line, running: led, pause }) => line.length > 0 || led > 0 || pause !== null),
	};
}

/** What becomes queued in the moment in which somebody looks. */
export function promoteDue(world: World): number {
	const due = world
		.live(world.tasks)
		.filter(
			({ state, notBefore }) => state === 'scheduled' && notBefore !== null && notBefore <= world.now(),
		);
	for (const task of due)
		moveTask(world, task, 'queued', { actor: 'promote' }, { notBefore: null, debounce: null });
	return due.length;
}

export function claim(world: World, plan: ClaimPlan): ClaimedExecution[] {
	promoteDue(world);
	return modelClaim(claimSnapshot(world), plan).map((each, n) => reserve(world, plan, each, n));
}

/** The task with its surroundings, as Explain wants them. */
export function taskSnapshot(world: World, task: FakeTask): TaskSnapshot {
	const queue = claimSnapshot(world);
	const held = new Set(
		queue.types.filter((type) => type.pause !== null || !type.hasEndpoint).map((type) => type.workflowType),
	);
	const rivals = queue.keys.filter((key) => key.pause === null && !held.has(key.workflowType));
	const own = { ...task, taskId: String(task.id) };
	const ahead = rivals.flatMap((key) => key.line).filter((each) => compareRank(each, own, queue.at) < 0);
	const waits = task.state === 'scheduled' || task.state === 'queued';
	const count = waits ? ahead.filter((each) => each.taskId !== own.taskId).length : 0;
	return { task: own, ahead: { count, bound: 10_000 }, queue };
}

function typeGates(world: World, type: FakeType, running: readonly FakeExecution[]): TypeGates {
	const { workflowType, pause, cadenceSeconds, maxConcurrent, batchSize, batchMax } = type;
	const of = <T extends { workflowType: string }>(all: readonly T[]) =>
		all.filter((each) => each.workflowType === workflowType);
	const starts = of(world.live(world.executions)).map((each) => each.createdAt);
	const opensAt =
		cadenceSeconds !== null && starts.length > 0 ? after(latest(...starts), cadenceSeconds) : null;
	const waiting = of(world.live(world.tasks)).flatMap(({ state, notBefore }) =>
		state === 'scheduled' && notBefore && notBefore > world.now() ? [notBefore.getTime()] : [],
	);
	return {
		workflowType,
		pause,
		hasEndpoint: world.addressesOf(workflowType) !== null,
		cadenceSeconds,
		cadenceOpensAt: opensAt && opensAt > world.now() ? opensAt : null,
		running: of(running).length,
		maxConcurrent,
		batchSize,
		batchMax,
		nextDueAt: waiting.length > 0 ? new Date(Math.min(...waiting)) : null,
	};
}

function keyGates(world: World, key: FakeKey, running: readonly FakeExecution[]): KeyGates {
	const now = world.now();
	const line = world
		.live(world.tasks)
		.filter((task) => task.fairKey === key.fairKey)
		.filter(
			({ state, notBefore }) =>
				state === 'queued' || (state === 'scheduled' && notBefore && notBefore <= now),
		)
		.map(({ id, priority, eligibleAt, expiresAt }) => ({
			taskId: String(id),
			priority,
			eligibleAt,
			expired: expiresAt !== null && expiresAt <= now,
		}));
	return { ...key, running: running.filter((each) => each.fairKey === key.fairKey).length, line };
}

/** Makes one execution of what the model chose; its epoch is above that of each of its tasks. */
function reserve(world: World, plan: ClaimPlan, chosen: ModelExecution, n: number): ClaimedExecution {
	const { workflowType, fairKey } = chosen;
	const type = world.type(workflowType);
	const addresses = world.addressesOf(workflowType);
	if (!addresses) throw new Error(`type ${workflowType} has no address`);
	const tasks = chosen.taskIds.map((id) => world.task(Number(id)));
	const now = world.now();
	const model = plan.models[n % Math.max(1, plan.models.length)] ?? null;
	const limits = tasks.map((task) => task.overrides.limitSeconds ?? type.limitSeconds);
	const execution: FakeExecution = {
		executionId: randomUUID(),
		epoch: 1 + Math.max(...tasks.map((task) => task.epoch)),
		runId: plan.runId,
		workflowType,
		fairKey,
		state: 'claimed',
		leaseUntil: after(now, type.dispatchLeaseSeconds),
		deadlineAt: null,
		limitSeconds: Math.max(...limits),
		taskIds: tasks.map((task) => task.id),
		n8nExecutionId: null,
		n8nInstance: null,
		startedAt: null,
		n8nEndedAt: null,
		stopAskedAt: null,
		error: null,
		costUsd: 0,
		provider: model?.provider ?? null,
		createdAt: now,
		finishedAt: null,
		archived: false,
	};
	world.executions.set(execution.executionId, execution);
	const { executionId, epoch, limitSeconds } = execution;
	for (const task of tasks)
		moveTask(
			world,
			task,
			'claimed',
			{ actor: `claim:${plan.owner}` },
			{
				executionId,
				epoch,
				lastClaimedAt: now,
				firstClaimedAt: task.firstClaimedAt ?? now,
			},
		);
	return {
		executionId,
		epoch,
		workflowType,
		priority: Math.max(...tasks.map((task) => task.priority)),
		parentExecutionId: plan.runId,
		leaseUntil: after(now, type.dispatchLeaseSeconds),
		limitSeconds,
		...addresses,
		model,
		items: tasks.map((task) => ({
			task_id: String(task.id),
			idempotency_key: task.idempotencyKey,
			attempt: task.attempts + 1,
			input: task.input,
		})),
	};
}
