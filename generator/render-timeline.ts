import type { TaskTimeline, TimelineEvent } from '../core';
import { plain } from './plain-text';
import { humanCost, humanDuration } from './render-table';

/** A task's life as a picture of lines: when, how long after the line before, what, and who did it. */
export function renderTimeline(task: TaskTimeline): string {
	return [...head(task), '', ...task.events.map((event, index) => line(event, index, task.events))].join(
		'\n',
	);
}

function head(task: TaskTimeline): string[] {
	const { taskId, workflowType, state, attempts, priority, costUsd, finishedAt, createdAt } = task;
	const failures =
		attempts === 0
			? 'no failed attempt'
			: attempts === 1
				? '1 failed attempt'
				: `${attempts} failed attempts`;
	const took =
		finishedAt === null
			? 'not ended'
			: `ended after ${humanDuration(finishedAt.getTime() - createdAt.getTime())}`;
	const links = [
		...(task.parentTaskId === null ? [] : [`follows task ${task.parentTaskId}`]),
		...(task.parentExecutionId === null ? [] : [`sent by execution ${task.parentExecutionId}`]),
		...task.children.map(
			(child) => `followed by task ${child.taskId} (${child.workflowType}, ${child.state})`,
		),
	];
	return [
		`Task ${taskId} · ${workflowType} · ${state} · ${took}${task.archived ? ' · in the archive' : ''}`,
		`key ${plain(task.idempotencyKey)} · priority ${priority} · ${failures} · cost ${humanCost(costUsd)}`,
		...links,
	];
}

function line(event: TimelineEvent, index: number, events: readonly TimelineEvent[]): string {
	const since = event.sinceMs === null ? '' : `+ ${humanDuration(event.sinceMs)}`;
	const stem = index === events.length - 1 ? '└' : index === 0 ? '┌' : '├';
	return `${event.at.toISOString()}  ${since.padStart(14)}  ${stem} ${what(event)}`;
}

function what(event: TimelineEvent): string {
	if (event.kind === 'failure') {
		const attempt = event.attempt === null ? '' : `attempt ${event.attempt} `;
		return `✗ ${attempt}failed: ${plain(event.code)}: ${plain(event.message)} → ${event.action}`;
	}
	const execution =
		event.executionId === null ? '' : ` · execution ${event.executionId}, epoch ${event.epoch}`;
	return `● ${event.to}${execution} · by ${plain(event.actor)}`;
}
