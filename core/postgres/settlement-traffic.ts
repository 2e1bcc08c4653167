import { z } from 'zod/v4';
import type { CallbackEnvelope } from '../contract';
import type { SettleOutcome } from '../orchestrator';
import { Coalescer } from './coalescer';
import type { Gateway } from './gateway';
import { isOfOne, sharedBy } from './shared-traffic';

export interface Settlement {
	callback: CallbackEnvelope;
	webhookId: string;
}

export interface Settled {
	outcome: SettleOutcome;
	settledTasks: string[];
}

const settled: z.ZodType<Settled> = z.object({
	outcome: z.enum(['applied', 'duplicate', 'stale']),
	settledTasks: z.array(z.string()),
});
const manySettled = z.array(settled.nullable());

/** Callbacks that one process receives at the same time share a round trip and a commit; none is answered before it. */
export const settlementsThrough = sharedBy(
	(gateway: Gateway) =>
		new Coalescer<Settlement, Settled>({
			together: (settlements) =>
				gateway.answer(manySettled, 'select orchestrator.settle_executions($1) as answer', [
					JSON.stringify(settlements),
				]),
			alone: ({ callback, webhookId }) =>
				gateway.answer(settled, 'select orchestrator.settle_execution($1, $2) as answer', [
					JSON.stringify(callback),
					webhookId,
				]),
			isOfOne,
		}),
);
