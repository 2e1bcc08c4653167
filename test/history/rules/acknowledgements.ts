import { executionLives, settlements, taskLives } from '../lives';
import type { History, Rule } from '../records';

const isSuccess = (status: number | null) => status !== null && status >= 200 && status < 300;

/** Every 2xx to a report has its committed receipt, and “applied” means that each reported task was settled then (S9). */
export const answeredAfterCommit: Rule = (history) => {
	const receipts = new Map(history.receipts.map((each) => [each.webhookId, each]));
	const settled = settledTasks(history);
	return history.sightings.flatMap((each) => {
		if (each.what !== 'report_answered' || !isSuccess(each.status)) return [];
		const receipt = receipts.get(each.webhookId);
		const report = `report ${each.webhookId} of execution ${each.executionId} epoch ${each.epoch}`;
		if (!receipt)
			return [
				{
					what: `${report} was answered ${each.status}, but no receipt is stored`,
					seqs: entriesOf(history, each.executionId),
				},
			];
		if (each.outcome !== 'applied') return [];
		if (receipt.outcome !== 'applied')
			return [
				{
					what: `${report} was answered “applied”, its receipt says ${receipt.outcome}`,
					seqs: entriesOf(history, each.executionId),
				},
			];
		return each.items
			.filter(({ taskId }) => !settled.has(`${taskId} ${each.executionId} ${each.epoch}`))
			.map(({ taskId }) => ({
				what: `${report} was answered “applied”, but task ${taskId} was not settled by it`,
				seqs: entriesOf(history, each.executionId),
			}));
	});
};

/** A task that a report settled has the receipt of that report: without it a replay would not be known (S9). */
export const settledWithReceipt: Rule = (history) => {
	const known = new Set(
		history.receipts
			.filter(({ outcome }) => outcome === 'applied')
			.map(({ executionId, epoch }) => `${executionId} ${epoch}`),
	);
	return [...taskLives(history).values()]
		.flatMap(settlements)
		.filter(({ actor, executionId, epoch }) => actor === 'settle' && !known.has(`${executionId} ${epoch}`))
		.map(({ taskId, executionId, epoch, seq }) => ({
			what: `task ${taskId} was settled by a report of execution ${executionId} epoch ${epoch}, of which no receipt is stored`,
			seqs: [seq],
		}));
};

/** A dispatch that was acknowledged is accepted in the log, once; work began only after that, once (S9). */
export const acceptedAfterCommit: Rule = (history) => {
	const lives = executionLives(history);
	const begun = new Set<string>();
	return history.sightings.flatMap((each) => {
		if (each.what !== 'dispatch_answered' && each.what !== 'work_started') return [];
		const entries = lives.get(each.executionId)?.entries ?? [];
		const name = `execution ${each.executionId} epoch ${each.epoch}`;
		const has = (state: string) => entries.some(({ to, epoch }) => to === state && epoch === each.epoch);
		if (each.what === 'dispatch_answered') {
			if (!isSuccess(each.status) || has('accepted') || has('reported')) return [];
			return [
				{
					what: `${name} was answered ${each.status}, the log has no acceptance`,
					seqs: entries.map(({ seq }) => seq),
				},
			];
		}
		const again = begun.has(name);
		begun.add(name);
		if (has('started') && !again) return [];
		return [
			{
				what: `${name} began its work ${again ? 'again' : 'without a start in the log'}`,
				seqs: entries.map(({ seq }) => seq),
			},
		];
	});
};

function settledTasks(history: History): Set<string> {
	return new Set(
		[...taskLives(history).values()]
			.flatMap(settlements)
			.map(({ taskId, executionId, epoch }) => `${taskId} ${executionId} ${epoch}`),
	);
}

function entriesOf(history: History, executionId: string): number[] {
	return (
		executionLives(history)
			.get(executionId)
			?.entries.map(({ seq }) => seq) ?? []
	);
}
