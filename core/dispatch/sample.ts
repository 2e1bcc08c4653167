import { buildCallbackEnvelope, callbackWebhookId } from '../callback';
import { CONTRACT_VERSION, dispatchEnvelope, type JsonObject, type ModelRef } from '../contract';
import { dispatchWebhookId } from './envelope';

/** A message marked `test`: receivers emit it in the editor, claim nothing and settle nothing. */
export interface SampleMessage {
	/** Its `webhook-id`. */
	id: string;
	rawBody: string;
}

interface SampleParts {
	/** A random UUID: no execution of that id exists. */
	executionId: string;
	workflowType: string;
}

/** What a Task Trigger gets when its designer tries it. `replyTo` fills the contract: a sample is reported to nowhere. */
export function sampleDispatch(
	parts: SampleParts & { deployment: string; replyTo: string; model: ModelRef | null; input: JsonObject },
): SampleMessage {
	const envelope = dispatchEnvelope.parse({
		contract_version: CONTRACT_VERSION,
		type: 'orchestrator.dispatch',
		test: true,
		deployment: parts.deployment,
		execution_id: parts.executionId,
		epoch: 1,
		workflow_type: parts.workflowType,
		parent_execution_id: null,
		priority: 5,
		limit_seconds: 300,
		callback_url: parts.replyTo,
		model: parts.model,
		items: [{ task_id: '0', idempotency_key: `test-${parts.executionId}`, attempt: 1, input: parts.input }],
	});
	return { id: dispatchWebhookId(envelope.execution_id, envelope.epoch), rawBody: JSON.stringify(envelope) };
}

/** What a Callback Receiver gets when its designer tries it. */
export function sampleCallback({ executionId, workflowType }: SampleParts): SampleMessage {
	const envelope = buildCallbackEnvelope({
		executionId,
		epoch: 1,
		workflowType,
		n8nExecutionId: null,
		test: true,
		items: [{ task_id: '0', outcome: 'succeeded', result: { sample: true }, usage: [] }],
	});
	return { id: callbackWebhookId(envelope), rawBody: JSON.stringify(envelope) };
}
