import { type ArchiveReport, InvalidInputError } from '../../../core';
import { after } from './clock';
import type { FakeExecution, FakeRun, FakeTask, World } from './world';

type Member = FakeTask | FakeExecution | FakeRun;

/** S18: moves trees that ended long ago and whole, tasks with their executions, runs and successors. */
export function archiveTrees(world: World, limit: number, olderThanDays: number): ArchiveReport {
	if (olderThanDays < 1)
		throw new InvalidInputError(
			`only what ended at least a day ago is archived, got ${olderThanDays} days.`,
			'Give a day or longer.',
		);
	const before = after(world.now(), -olderThanDays * 86_400);
	const report: ArchiveReport = { tasks: 0, executions: 0, transitions: 0, failures: 0, more: false };
	for (const tree of trees(world)) {
		if (!tree.every((member) => isOver(world, member, before))) continue;
		if (report.tasks + report.executions >= limit) return { ...report, more: true };
		for (const member of tree) move(world, member, report);
	}
	return report;
}

function move(world: World, member: Member, report: ArchiveReport): void {
	member.archived = true;
	if (!('id' in member)) {
		report.executions += 1;
		return;
	}
	const of = ({ taskId }: { taskId: number }) => taskId === member.id;
	report.tasks += 1;
	report.transitions += world.transitions.filter(of).length;
	report.failures += world.failures.filter(of).length;
}

/** A dead task that can still be redriven has not ended. */
function isOver(world: World, member: Member, before: Date): boolean {
	if (!member.finishedAt || member.finishedAt >= before) return false;
	const letter = 'id' in member ? world.deadLetters.get(member.id) : undefined;
	return letter?.status !== 'open' || letter.expiresAt <= world.now();
}

/** What hangs together, by whatever path. */
function trees(world: World): Member[][] {
	const members: Member[] = [
		...world.live(world.tasks),
		...world.live(world.executions),
		...world.live(world.runs),
	];
	const left = new Set(members);
	return members.flatMap((member) => (left.delete(member) ? [treeOf(member, left)] : []));
}

/** Takes whatever hangs on the seed out of `left`. */
function treeOf(seed: Member, left: Set<Member>): Member[] {
	const tree = [seed];
	for (const member of tree) {
		const joining = [...left].filter((other) => belongTogether(member, other));
		for (const other of joining) left.delete(other);
		tree.push(...joining);
	}
	return tree;
}

function belongTogether(a: Member, b: Member): boolean {
	return names(a).some((name) => names(b).includes(name));
}

/** What a member is called, and what it refers to. */
function names(member: Member): string[] {
	if ('id' in member)
		return [
			`task ${member.id}`,
			`task ${member.parentTaskId}`,
			`execution ${member.parentExecutionId}`,
		].filter((name) => !name.endsWith('null'));
	if ('taskIds' in member)
		return [
			`execution ${member.executionId}`,
			...member.taskIds.map((id) => `task ${id}`),
			...(member.runId === null ? [] : [`execution ${member.runId}`]),
		];
	return [`execution ${member.runId}`];
}
