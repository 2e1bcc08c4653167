import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { type ClaimPlan, claimPlanOf } from '../../../../core';
import { defineAction } from '../../../shared/action';
import { readPlan, readRun } from '../../../shared/flow';
import { toSafeJson } from '../../../shared/json';

/** One item a reason. Behind Claim’s output Nothing it asks about the plan of that run, elsewhere which gates are closed. */
export const whyIdle = defineAction({
	parameters: z.object({}),
	async perform({ json }, { orchestrator }) {
		const { queue } = await orchestrator();
		const reasons = await queue.whyIdle(json.plan === undefined ? undefined : planOf(json));
		return reasons.map((reason) => ({ json: toSafeJson(reason) }));
	},
});

function planOf(json: IDataObject): ClaimPlan {
	const { owner, id: runId } = readRun(json);
	return claimPlanOf(readPlan(json), { owner, runId });
}
