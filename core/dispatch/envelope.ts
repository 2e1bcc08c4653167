import { createHash } from 'node:crypto';
import { CONTRACT_VERSION, type DispatchEnvelope, dispatchEnvelope } from '../contract';
import type { ClaimedExecution } from '../queue/claim';

/** What travels to the sub-workflow for an execution that was won. */
export function buildDispatchEnvelope(execution: ClaimedExecution, deployment: string): DispatchEnvelope {
	return dispatchEnvelope.parse({
		contract_version: CONTRACT_VERSION,
		type: 'orchestrator.dispatch',
		test: false,
		deployment,
		execution_id: execution.executionId,
		epoch: execution.epoch,
		workflow_type: execution.workflowType,
		parent_execution_id: execution.parentExecutionId,
		priority: execution.priority,
		limit_seconds: execution.limitSeconds,
		callback_url: execution.callbackUrl,
		model: execution.model,
		items: execution.items,
	});
}

/** S3: the same for every retry of one epoch, another for the next epoch. */
export function dispatchWebhookId(executionId: string, epoch: number): string {
	return `msg_${createHash('sha256').update(`${executionId}:${epoch}`).digest('hex').slice(0, 32)}`;
}
