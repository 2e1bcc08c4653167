import { type DeadLetter, type JsonObject, redact, type TaskFailure, type TaskInspection } from '../core';
import { plain } from './plain-text';

/** All that is known of one task, for a person: the letter first, then what it was given and each error. */
export function renderInspection({
	task,
	archived,
	context,
	deadLetter,
	failures,
	children,
}: TaskInspection): string {
	return [
		`Task ${task.taskId} · ${task.workflowType} · ${task.state}${archived ? ' · in the archive' : ''}`,
		`key ${plain(task.idempotencyKey)} · fair key ${plain(task.fairKey)} · priority ${task.priority}`,
		...letterLines(deadLetter),
		...children.map((child) => `followed by task ${child.taskId} (${child.workflowType}, ${child.state})`),
		'',
		...block('input', task.input),
		...(Object.keys(context).length > 0 ? block('context', context) : []),
		...failures.flatMap(failureLines),
		...(failures.length === 0 ? ['no error was recorded'] : []),
	].join('\n');
}

function letterLines(letter: DeadLetter | null): string[] {
	if (letter === null) return ['no dead letter: it never died, or the letter was purged'];
	const { status, reason, cause, diedAt, expiresAt, redrives, redrivenBy, discardedBy } = letter;
	const back = redrives === 0 ? [] : [`redriven ${redrives} times, last by ${plain(redrivenBy ?? '?')}`];
	return [
		`dead letter ${status} · died ${diedAt.toISOString()} · kept until ${expiresAt.toISOString()}`,
		`why: ${plain(reason)}`,
		`cause: ${plain(cause)}`,
		...back,
		...(discardedBy === null ? [] : [`discarded by ${plain(discardedBy)}`]),
	];
}

function failureLines({
	at,
	attempt,
	code,
	message,
	error,
	recoveryAction,
	decidedBy,
	systemState,
}: TaskFailure) {
	const number = attempt === null ? '' : `attempt ${attempt} `;
	const { stack } = redact(error);
	return [
		'',
		`✗ ${at.toISOString()} ${number}failed: ${plain(code)}: ${plain(message)}`,
		`  decided: ${recoveryAction} by ${plain(decidedBy)}`,
		...(typeof stack === 'string' ? stack.split('\n').map((line) => `  ${plain(line)}`) : []),
		`  at the time: ${plain(JSON.stringify(redact(systemState)))}`,
	];
}

function block(title: string, value: JsonObject): string[] {
	const lines = JSON.stringify(redact(value), null, 2).split('\n');
	return [`${title}:`, ...lines.map((line) => `  ${plain(line, Infinity)}`)];
}
