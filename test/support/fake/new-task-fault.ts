import {
	InvalidInputError,
	type NewTask,
	redactText,
	type TaskFault,
	type TaskOverrides,
	UnknownWorkflowTypeError,
} from '../../../core';
import { after } from './clock';
import { isPath } from './successor-path';
import type { World } from './world';

const OVERRIDES: Readonly<Record<keyof TaskOverrides, { least: number; most: number; whole: boolean }>> = {
	maxAttempts: { least: 1, most: 100, whole: true },
	limitSeconds: { least: 1, most: 86_400, whole: true },
	backoffBaseSeconds: { least: 0, most: 86_400, whole: false },
	backoffCeilingSeconds: { least: 0, most: 86_400, whole: false },
	backoffJitterSeconds: { least: 0, most: 3600, whole: false },
	deliveryRetries: { least: 0, most: 100, whole: true },
};

/** Raises for the first bad task, before anything of the batch is stored. */
export function refuseBadTasks(world: World, tasks: readonly NewTask[]): void {
	for (const [index, task] of tasks.entries()) {
		const unknown = typeFault(world, task);
		if (unknown)
			throw new UnknownWorkflowTypeError(`task ${index + 1}: ${unknown}.`, 'Use one of the known types.');
		const fault = newTaskFault(world, task);
		if (fault) throw new InvalidInputError(`task ${index + 1}: ${fault}.`, 'Correct this value.');
	}
}

/** Of all bad tasks, by their place from 1. */
export function faultsOf(world: World, tasks: readonly NewTask[]): TaskFault[] {
	return tasks.flatMap((task, index) => {
		const fault = typeFault(world, task) ?? priorityFault(task) ?? newTaskFault(world, task);
		return fault ? [{ position: index + 1, fault }] : [];
	});
}

function typeFault(world: World, { workflowType }: NewTask): string | null {
	if (world.types.has(workflowType)) return null;
	return `unknown workflow type "${workflowType}"; known: ${[...world.types.keys()].sort().join(', ')}`;
}

function priorityFault({ priority = 5 }: NewTask): string | null {
	if (Number.isInteger(priority) && priority >= 1 && priority <= 10) return null;
	return `priority must be an integer from 1 to 10, got ${priority}`;
}

/** What is wrong with one task beside its type, size and priority; null = nothing. */
export function newTaskFault(world: World, task: Omit<NewTask, 'workflowType' | 'input'>): string | null {
	const { idempotencyKey, expiresAt, notBefore, overrides = {}, successors = [] } = task;
	if (idempotencyKey !== undefined && idempotencyKey.length > 512)
		return `idempotencyKey must have at most 512 characters, got ${idempotencyKey.length}: ${shown(idempotencyKey)}`;
	const start = Math.max(world.now().getTime(), notBefore?.getTime() ?? 0);
	if (expiresAt && expiresAt.getTime() <= start)
		return `expiresAt must lie after the earliest start, got ${expiresAt.toISOString()}`;
	return debounceFault(world, task) ?? overridesFault(overrides) ?? successorsFault(world, successors);
}

function shown(text: string): string {
	const quoted = JSON.stringify(redactText(text));
	return quoted.length > 80 ? `${quoted.slice(0, 80)}…` : quoted;
}

function debounceFault(
	world: World,
	{
		debounce,
		idempotencyKey,
		notBefore,
		expiresAt,
	}: Pick<NewTask, 'debounce' | 'idempotencyKey' | 'notBefore' | 'expiresAt'>,
): string | null {
	if (!debounce) return null;
	if (idempotencyKey !== undefined)
		return `a task has an idempotency key or is debounced, not both, got the key ${shown(idempotencyKey)}`;
	if (notBefore)
		return `a debounced task is due debounce.seconds after its last send and takes no notBefore, got ${notBefore.toISOString()}`;
	const { seconds, maxSeconds = seconds } = debounce;
	if (!(seconds >= 0.001 && seconds <= 86_400))
		return `debounce.seconds must be a number up to 86400, got ${seconds}`;
	if (!(maxSeconds <= 864_000)) return `debounce.maxSeconds must be a number up to 864000, got ${maxSeconds}`;
	if (maxSeconds < seconds)
		return `debounce.maxSeconds must not be less than debounce.seconds, got ${maxSeconds}`;
	if (expiresAt && expiresAt <= after(world.now(), seconds))
		return `expiresAt must lie after the end of debounce.seconds (${seconds}), got ${expiresAt.toISOString()}`;
	return null;
}

function overridesFault(overrides: TaskOverrides): string | null {
	for (const [key, value] of Object.entries(overrides)) {
		const bounds = Object.entries(OVERRIDES).find(([name]) => name === key)?.[1];
		if (!bounds) return `overrides.${key} is unknown; known: ${Object.keys(OVERRIDES).join(', ')}`;
		const { least, most, whole } = bounds;
		if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)))
			return `overrides.${key} must be ${whole ? 'an integer' : 'a number'} from ${least} to ${most}, got ${value}`;
	}
	return null;
}

function successorsFault(world: World, successors: NonNullable<NewTask['successors']>): string | null {
	if (successors.length > 20) return `successors must be an array of at most 20, got ${successors.length}`;
	for (const [index, next] of successors.entries()) {
		const place = `successor ${index + 1}`;
		if (!world.types.has(next.workflowType)) return `${place}: unknown workflow type "${next.workflowType}"`;
		const bad = [next.condition, ...Object.values(next.map ?? {})].find(
			(path) => path !== undefined && !isPath(path),
		);
		if (bad !== undefined) return `${place}: "${bad}" is no path`;
		const fault = newTaskFault(world, { successors: next.successors });
		if (fault) return `${place}: ${fault}`;
	}
	return null;
}
