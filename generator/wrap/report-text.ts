import { plain } from '../plain-text';
import type { BusyDecision } from './busy-policy';
import type { Refusal, Warning } from './refusal';
import type { FileResult } from './wrap-files';
import type { TriggerReport, WrapReport } from './wrap';

const BUSY: Readonly<Record<BusyDecision, string>> = {
	skip: 'while busy: skip this run',
	wait: 'while busy: wait, then fail visibly',
	fail: 'while busy: fail visibly',
	answer: 'while busy: answer the caller (503 with Retry-After, or a page of the form)',
	none: 'no lock',
	drops: 'no lock',
};

const OUTCOMES: Readonly<Record<TriggerReport['outcome'], string>> = {
	locked: 'locked',
	'locked already': 'locked already',
	called: 'no lock: runs under its caller’s',
	idle: 'no lock: leads nowhere',
};

/** What an operator reads: one block a file. */
export function describeWrapped(result: FileResult<WrapReport>): string {
	if (result.outcome === 'refused') return describeRefused(result.name, result.refusals);
	return result.parts
		.map(({ workflow, report }) =>
			[
				`${plain(result.name)}: “${plain(workflow)}” ${headline(report)}`,
				...report.triggers.map((trigger) => describeTrigger(trigger, report.maxWaitSeconds)),
				...(report.ensures.length > 0
					? [`  lock made sure of at: ${report.ensures.map((name) => `“${plain(name)}”`).join(', ')}`]
					: []),
				...summarise(report.warnings),
			].join('\n'),
		)
		.join('\n');
}

export function describeUnwrapped(result: FileResult<string[]>): string {
	if (result.outcome === 'refused') return describeRefused(result.name, result.refusals);
	const removed = result.parts.flatMap(({ report }) => report);
	return removed.length === 0
		? `${plain(result.name)}: nothing to take out`
		: `${plain(result.name)}: took out ${removed.map((name) => `“${plain(name)}”`).join(', ')}`;
}

function headline({ lock, triggers }: WrapReport): string {
	const locked = triggers.some(({ outcome }) => outcome === 'locked');
	if (locked) return `is locked by “${plain(lock ?? '')}”`;
	if (lock !== undefined) return `was locked already by “${plain(lock)}”`;
	return 'has nothing to wrap: no trigger that does work';
}

function describeTrigger(
	{ node, kind, outcome, busy }: TriggerReport,
	maxWaitSeconds: number | undefined,
): string {
	const bound = busy === 'wait' && maxWaitSeconds !== undefined ? `wait up to ${maxWaitSeconds} s` : 'wait';
	const policy = busy ? `; ${BUSY[busy].replace('wait', bound)}` : '';
	return `  ${kind} “${plain(node)}”: ${OUTCOMES[outcome]}${policy}`;
}

/** The first three of a kind; a broken file may have thousands. */
function summarise(warnings: readonly Warning[]): string[] {
	const kinds = [...new Set(warnings.map(({ code }) => code))];
	return kinds.flatMap((code) => {
		const same = warnings.filter((warning) => warning.code === code);
		const lines = same.slice(0, 3).map(({ message }) => `  warning[${code}]: ${plain(message)}`);
		return same.length > 3 ? [...lines, `  warning[${code}]: … and ${same.length - 3} more`] : lines;
	});
}

function describeRefused(name: string, refusals: readonly Refusal[]): string {
	return refusals
		.map(({ code, node, reason, action }) =>
			[
				`${plain(name)}: refused[${code}]${node === undefined ? '' : ` at “${plain(node)}”`}: ${plain(reason)}`,
				`  what to do: ${plain(action)}`,
			].join('\n'),
		)
		.join('\n');
}
