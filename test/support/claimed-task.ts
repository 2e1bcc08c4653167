import { type ClaimedExecution, parseSecret, planRun, sign } from '../../core';
import type { Stage } from './stage';
import { until } from './verdict';

export function topic(name: string) {
	return {
		workflowType: 'content_pipeline',
		idempotencyKey: name,
		input: {
			topic: `An article about being ${name}`,
			language: 'en',
			category: 'operations',
			target_keyword: 'worker',
		},
	};
}

/** Claims as the Master Orchestrator does; undefined when there is nothing to win. */
export async function claimOne({ orchestrator }: Stage): Promise<ClaimedExecution | undefined> {
	const plan = planRun(await orchestrator.resources.snapshot());
	const [execution] = await orchestrator.queue.claim({
		owner: 'test',
		runId: null,
		maxExecutions: 1,
		quotas: plan.decisions.flatMap((decision) => (decision.due ? [decision] : [])),
		models: plan.models,
	});
	return execution;
}

/** Sends a genuine callback for a task of its own to the Callback Receiver: status and time of the answer. */
export async function timedCallback(stage: Stage, name: string): Promise<{ status: number; ms: number }> {
	const execution = await until(
		`${name} is claimed`,
		async () => {
			// The Master Orchestrator is awake too and may win it; then another task is tried.
			await stage.orchestrator.queue.enqueue([topic(`${name} ${performance.now()}`)]);
			return await claimOne(stage);
		},
		30_000,
	);
	const rawBody = JSON.stringify({
		contract_version: 1,
		type: 'orchestrator.callback',
		test: false,
		execution_id: execution.executionId,
		epoch: execution.epoch,
		workflow_type: execution.workflowType,
		n8n_execution_id: null,
		items: execution.items.map(({ task_id }) => ({ task_id, outcome: 'succeeded', result: {}, usage: [] })),
	});
	const secrets = [parseSecret(stage.signingSecret)];
	const headers = sign({ id: `msg_${execution.executionId}`, at: new Date(), rawBody, secrets });
	const startedAt = performance.now();
	const response = await fetch(execution.callbackUrl, {
		method: 'POST',
		body: rawBody,
		headers: { 'content-type': 'application/json', ...headers },
	});
	await response.arrayBuffer();
	return { status: response.status, ms: performance.now() - startedAt };
}
