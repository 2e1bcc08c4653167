import { z } from 'zod/v4';
import { defineOnce } from '../../shared/action';
import { toJson } from '../../shared/json';

/** One winner per heartbeat across all instances. A run started by hand never competes: it gets a slot of its own. */
export const takeSlot = defineOnce({
	outputs: ['won', 'lost'],
	parameters: z.object({
		intervalMinutes: z.number().positive().max(1440),
		leaseSeconds: z.number().int().min(5).max(3600),
		dispatchOnManualRuns: z.boolean(),
	}),
	groupOf: () => 'this execution',
	async perform({ parameters }, { manual, owner, clock, orchestrator }) {
		if (manual) {
			const run = { kind: 'manual', owner, slot: null, dispatch: parameters.dispatchOnManualRuns };
			return (json) => ({ output: 'won', json: { ...json, run } });
		}
		const { runs } = await orchestrator();
		const answer = await runs.takeSlot({
			owner,
			intervalSeconds: Math.round(parameters.intervalMinutes * 60),
			leaseSeconds: parameters.leaseSeconds,
			localTime: clock.now(),
		});
		if (answer.won) {
			const run = { kind: 'heartbeat', owner, slot: toJson(answer.slot), dispatch: true };
			return (json) => ({ output: 'won', json: { ...json, run } });
		}
		const run = { kind: 'heartbeat', owner, slot: null, dispatch: false };
		return (json) => ({ output: 'lost', json: { ...json, run, lost: toJson(answer) } });
	},
});
