import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod/v4';
import {
	type ClaimPlan,
	claimPlanOf,
	type ClaimedExecution,
	type Clock,
	deliver,
	type Orchestrator,
	parseSecret,
	planRun,
	postByFetch,
	type PostRequest,
	type Snapshot,
} from '../../core';
import { type Casting, DEPLOYMENT, note, type passOrder, SECRET } from './messages';

const secrets = [parseSecret(SECRET)];

/** One pass of the Master Orchestrator, step by step as its workflow makes it. False: another has the slot. */
export async function pass(
	{ runs, resources, queue, executions }: Orchestrator,
	{ kind, intervalSeconds, clockAheadMs, eager }: z.output<typeof passOrder>,
	casting: Casting,
): Promise<boolean> {
	const owner = casting.name;
	const clock: Clock = { now: () => new Date(Date.now() + clockAheadMs) };
	const localTime = clock.now();
	const taken = kind === 'heartbeat' ? await runs.takeSlot({ owner, intervalSeconds, localTime }) : null;
	if (taken && !taken.won) return false;
	const { runId } = await runs.begin({ kind, owner, ...(taken ? { slot: taken.slot } : {}) });
	await runs.recover();
	const snapshot = await resources.snapshot();
	const plan = planRun(snapshot);
	if (eager || plan.verdict === 'ready') {
		await runs.transition(runId, 'DISPATCHING');
		const claimPlan = claimPlanOf(plan, { owner, runId });
		const won = await queue.claim(eager ? { ...claimPlan, ...everything(snapshot) } : claimPlan);
		await Promise.all(won.map(async (execution) => dispatch(execution, executions, casting, clock)));
	}
	await runs.transition(runId, 'MONITORING');
	return await runs.complete(runId);
}

function everything({ types }: Snapshot): Pick<ClaimPlan, 'maxExecutions' | 'quotas'> {
	const quotas = types.map(({ workflowType, batchSize }) => ({ workflowType, batchSize, maxExecutions: 10 }));
	return { maxExecutions: 10, quotas };
}

async function dispatch(
	execution: ClaimedExecution,
	executions: Orchestrator['executions'],
	casting: Casting,
	clock: Clock,
): Promise<void> {
	const delivery = await deliver(execution, {
		deployment: DEPLOYMENT,
		secrets,
		post: witnessed(execution, casting),
		clock,
		sleep: async (ms) => void (await pause(ms)),
	});
	if (delivery.outcome !== 'refused') return;
	await executions.refuse(execution, { code: 'MO_DELIVERY_REFUSED', message: delivery.message });
}

const answered = z.object({ status: z.string() });

/** The sender tells the witness what it was answered: only that proves an acknowledgement left the other side. */
function witnessed({ executionId, epoch }: ClaimedExecution, { name, witnessFile }: Casting): PostRequest {
	return async (request) => {
		const answer = await postByFetch(request);
		if (answer.kind === 'response') {
			const body = answered.safeParse(JSON.parse(answer.body || 'null'));
			note(witnessFile, {
				what: 'dispatch_answered',
				at: Date.now(),
				by: name,
				webhookId: request.headers['webhook-id'] ?? '',
				executionId,
				epoch,
				status: answer.status,
				outcome: body.success ? body.data.status : null,
			});
		}
		return answer;
	};
}
