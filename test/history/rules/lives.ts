import { groupBy } from '../lives';
import type { History, Rule, Transition } from '../records';

const FIRST: Record<string, readonly string[]> = {
	task: ['queued', 'scheduled'],
	execution: ['claimed'],
	run: ['IDLE'],
};

/** Every life is one unbroken chain of legal steps that ends where the row stands: nothing happened beside the log. */
export const unbrokenLives: Rule = (history) => {
	const legal = new Set(history.limits.legal.map(({ entity, from, to }) => `${entity} ${from} ${to}`));
	const lives = groupBy(history.transitions, nameOf);
	return [
		...[...lives].flatMap(([name, life]) => brokenSteps(name, life, legal)),
		...rowsThatDiffer(history, lives),
	];
};

function brokenSteps(name: string, life: Transition[], legal: ReadonlySet<string>) {
	return life.flatMap((entry, index) => {
		const before = life[index - 1];
		const { seq, entity, from, to } = entry;
		if (!before) {
			const begins = from === null && FIRST[entity]?.includes(to);
			return begins ? [] : [{ what: `${name} begins with ${from} → ${to}`, seqs: [seq] }];
		}
		if (from !== before.to)
			return [{ what: `${name} was ${before.to}, then goes on from ${from}`, seqs: [before.seq, seq] }];
		return legal.has(`${entity} ${from} ${to}`)
			? []
			: [{ what: `${name} goes from ${from} to ${to}, which is not legal`, seqs: [seq] }];
	});
}

function rowsThatDiffer({ tasks, executions }: History, lives: Map<string, Transition[]>) {
	const rows = [
		...tasks.map(({ id, state }) => ({ name: `task ${id}`, state })),
		...executions.map(({ id, kind, status }) => ({
			name: `${kind === 'run' ? 'run' : 'execution'} ${id}`,
			state: status,
		})),
	];
	return rows.flatMap(({ name, state }) => {
		const last = lives.get(name)?.at(-1);
		if (last?.to === state) return [];
		const said = last ? `ends with ${last.to}` : 'does not know it';
		return [{ what: `${name} is ${state}, the log ${said}`, seqs: last ? [last.seq] : [] }];
	});
}

function nameOf({ entity, taskId, executionId }: Transition): string {
	return `${entity} ${entity === 'task' ? taskId : executionId}`;
}
