import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { readPlan, readRun } from '../../../shared/flow';
import { toSafeJson } from '../../../shared/json';
import { claimPlanOf } from '../../claim-plan';

/** One item a reason. Behind Claim’s output Nothing it asks about the plan of that run, elsewhere about a default one. */
export const whyIdle = defineAction({
	parameters: z.object({}),
	async perform({ json }, { orchestrator }) {
		const plan = json.plan === undefined ? undefined : claimPlanOf(readRun(json), readPlan(json));
		const { queue } = await orchestrator();
		const reasons = await queue.whyIdle(plan);
		return reasons.map((reason) => ({ json: toSafeJson(reason) }));
	},
});
