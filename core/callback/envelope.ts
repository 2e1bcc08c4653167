import { createHash } from 'node:crypto';
import { type CallbackEnvelope, callbackEnvelope, type CallbackItem, CONTRACT_VERSION } from '../contract';

export interface CallbackParts {
	executionId: string;
	epoch: number;
	workflowType: string;
	n8nExecutionId: string | null;
	test?: boolean;
	items: CallbackItem[];
}

/** What travels back: the outcomes of some or all items of one execution. */
export function buildCallbackEnvelope(parts: CallbackParts): CallbackEnvelope {
	return callbackEnvelope.parse({
		contract_version: CONTRACT_VERSION,
		type: 'orchestrator.callback',
		test: parts.test ?? false,
		execution_id: parts.executionId,
		epoch: parts.epoch,
		workflow_type: parts.workflowType,
		n8n_execution_id: parts.n8nExecutionId,
		items: parts.items,
	});
}

/** The same for every retry of the same report: execution, epoch, and which tasks ended how. */
export function callbackWebhookId(envelope: CallbackEnvelope): string {
	const items = envelope.items.map((item) => `${item.task_id}=${item.outcome}`).sort();
	const identity = `${envelope.execution_id}:${envelope.epoch}:${items.join(',')}`;
	return `cb_${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`;
}
