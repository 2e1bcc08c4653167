import { executionLives, groupBy, settlements, taskLives } from '../lives';
import type { History, Rule } from '../records';

/** Under one epoch a task is settled at most once, and no execution books more reports than it settled tasks. */
export const settledOnce: Rule = (history) => {
	const twice = [...taskLives(history)].flatMap(([taskId, life]) =>
		[...groupBy(settlements(life), ({ epoch }) => String(epoch))]
			.filter(([, entries]) => entries.length > 1)
			.map(([epoch, entries]) => ({
				what: `task ${taskId} was settled ${entries.length} times under epoch ${epoch}`,
				seqs: entries.map(({ seq }) => seq),
			})),
	);
	const lives = taskLives(history);
	const written = [
		...groupBy(history.outcomes, ({ taskId, epoch }) => `${taskId} under epoch ${epoch}`).values(),
	]
		.filter((outcomes) => outcomes.length > 1)
		.map(([first, ...others]) => ({
			what: `task ${first?.taskId} had its outcome under epoch ${first?.epoch} written ${others.length + 1} times: ${[first, ...others].map((each) => each?.state).join(', ')}`,
			seqs: settlements(lives.get(first?.taskId ?? '') ?? []).map(({ seq }) => seq),
		}));
	return [...twice, ...written, ...reportsWithoutSettlement(history)];
};

/** Each applied report settled at least one task of its own. */
function reportsWithoutSettlement(history: History) {
	const settled = groupBy(
		[...taskLives(history).values()].flatMap(settlements).filter(({ actor }) => actor === 'settle'),
		({ executionId, epoch }) => `${executionId} epoch ${epoch}`,
	);
	const applied = groupBy(
		history.receipts.filter(({ outcome }) => outcome === 'applied'),
		({ executionId, epoch }) => `${executionId} epoch ${epoch}`,
	);
	return [...applied].flatMap(([name, receipts]) => {
		const entries = settled.get(name) ?? [];
		if (receipts.length <= entries.length) return [];
		return [
			{
				what: `execution ${name} has ${receipts.length} applied reports (${receipts.map(({ webhookId }) => webhookId).join(', ')}) for ${entries.length} settled tasks`,
				seqs: entries.map(({ seq }) => seq),
			},
		];
	});
}

/** The sink has one effect a key, a succeeded task has its effect, and each was made while its execution was in force. */
export const appliedOnce: Rule = (history) => {
	const lives = executionLives(history);
	const keyOf = (each: { workflowType: string; idempotencyKey: string }) =>
		`${each.workflowType} “${each.idempotencyKey}”`;
	const byKey = groupBy(history.effects, keyOf);
	const twice = [...byKey]
		.filter(([, effects]) => effects.length > 1)
		.map(([key, effects]) => ({
			what: `${key} was applied ${effects.length} times, by ${effects.map(({ executionId, epoch }) => `${executionId} epoch ${epoch}`).join(' and ')}`,
			seqs: effects.map(({ afterSeq }) => afterSeq),
		}));
	const never = history.tasks
		.filter((task) => task.state === 'succeeded' && !byKey.has(keyOf(task)))
		.map((task) => ({ what: `task ${task.id} succeeded, but ${keyOf(task)} was never applied`, seqs: [] }));
	const outOfForce = history.effects.flatMap(({ taskId, executionId, epoch, afterSeq }) => {
		const life = lives.get(executionId);
		const inForce =
			life?.execution.epoch === epoch &&
			life.claimed.seq <= afterSeq &&
			(life.ended?.seq ?? Number.POSITIVE_INFINITY) > afterSeq;
		if (inForce) return [];
		const what = `task ${taskId} was applied by execution ${executionId} epoch ${epoch}, which was not in force`;
		return [
			{ what, seqs: [life?.claimed.seq, life?.ended?.seq, afterSeq].filter((seq) => seq !== undefined) },
		];
	});
	return [...twice, ...never, ...outOfForce];
};
