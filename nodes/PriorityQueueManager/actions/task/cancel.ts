import { z } from 'zod/v4';
import { CANCELLABLE_STATES, type CancelOutcome, type CancelSelection } from '../../../../core';
import { defineAction, type Emission, type Services } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { collection, limit, optionalText, reason, taskIds } from '../../parameters';

interface Order {
	selection: CancelSelection;
	reason: string;
	dryRun: boolean;
}

/** Ends the named tasks for good, whatever works on them: one item a task, with what became of it. */
export const cancel = defineAction({
	parameters: z.object({ taskIds, reason, dryRun: z.boolean() }),
	async perform({ parameters }, services) {
		const { taskIds: ids, ...rest } = parameters;
		return await cancelAll({ selection: { taskIds: ids }, ...rest }, services);
	},
});

/** The same for all that match. The database refuses a filter that names nothing. */
export const cancelMany = defineAction({
	parameters: z.object({
		filters: collection({
			fairKey: optionalText,
			states: z.array(z.enum(CANCELLABLE_STATES)).optional(),
			workflowType: optionalText,
		}),
		limit: limit(10_000),
		reason,
		dryRun: z.boolean(),
	}),
	async perform({ parameters }, services) {
		const { filters, limit: most, ...rest } = parameters;
		return await cancelAll({ selection: { ...filters, limit: most }, ...rest }, services);
	},
});

async function cancelAll(
	{ selection, ...order }: Order,
	{ orchestrator, actor }: Services,
): Promise<Emission[]> {
	const { queue } = await orchestrator();
	const outcomes = await queue.cancel(selection, { ...order, actor });
	const left = leftByLimit(outcomes);
	return outcomes.map((outcome) => ({ json: toSafeJson({ ...outcome, message: inWords(outcome) + left }) }));
}

/** A filter may match more than the limit takes. */
function leftByLimit(outcomes: readonly CancelOutcome[]): string {
	const matching = outcomes[0]?.matching ?? 0;
	if (matching <= outcomes.length) return '';
	return ` ${outcomes.length} of the ${matching} tasks that match the filters were taken: run it again for the others.`;
}

function inWords(answer: CancelOutcome): string {
	switch (answer.outcome) {
		case 'cancelled':
			return `It was ${answer.was} and is cancelled.${stillRuns(answer)}`;
		case 'would_cancel':
			return `It is ${answer.was} and would be cancelled. Nothing was changed: switch “Dry Run” off to do it.`;
		case 'already_ended':
			return `Nothing to do: it had ended as ${answer.was} before.`;
		case 'unknown':
			return 'There is no such task.';
		case 'busy':
			return `It is ${answer.was}, and others changed it at every try: cancel it again.`;
		default: {
			const never: never = answer;
			return never;
		}
	}
}

/** The database takes the work away; n8n itself must be asked to stop. */
function stillRuns({ execution }: Extract<CancelOutcome, { outcome: 'cancelled' | 'would_cancel' }>): string {
	if (execution === null || execution.n8nExecutionId === null) return '';
	return execution.ended
		? ` n8n execution ${execution.n8nExecutionId} may still run: what it reports changes nothing. Stop it to save its cost.`
		: ` n8n execution ${execution.n8nExecutionId} works on for the other tasks of its batch.`;
}
