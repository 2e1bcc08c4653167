import { z } from 'zod/v4';
import { defineOnce } from '../../shared/action';
import { readNewRun } from '../../shared/flow';

/** Starts an orchestrator run in the slot that was won; the next step is Recover. */
export const begin = defineOnce({
	parameters: z.object({}),
	groupOf: ({ json }) => readNewRun(json).owner,
	async perform({ json }, { orchestrator, executionId, instanceId }) {
		const { kind, owner, slot } = readNewRun(json);
		const { runs } = await orchestrator();
		const { runId, state } = await runs.begin({
			kind,
			owner,
			n8nExecutionId: executionId,
			n8nInstance: instanceId,
			...(slot === null ? {} : { slot }),
		});
		return (item) => ({ json: { ...item, run: { ...asObject(item.run), id: runId, state } } });
	},
});

function asObject(value: unknown): object {
	return typeof value === 'object' && value !== null ? value : {};
}
