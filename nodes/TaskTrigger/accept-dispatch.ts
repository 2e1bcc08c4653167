import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { type DispatchEnvelope, dispatchEnvelope } from '../../core';
import { toJson } from '../shared/json';
import { withOrchestrator } from '../shared/orchestrator';
import { answerWebhook, type DoorAnswer, type VerifiedMessage } from '../shared/webhook-door';
import { triggerParameters } from './parameters';

/** Before the 202: signature, shape, then one compare-and-set that succeeds once (S9). A sample touches no row. */
export async function acceptDispatch(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	return await answerWebhook(host, dispatchEnvelope, async (message) => {
		const { envelope, webhookId, testAddress } = message;
		const own = triggerParameters.parse({
			deployment: host.getNodeParameter('deployment'),
			workflowType: host.getNodeParameter('workflowType'),
		});
		if (own.deployment !== envelope.deployment || own.workflowType !== envelope.workflow_type) {
			return misdirected(envelope, own);
		}
		if (testAddress) return accepted(message);
		const ref = { executionId: envelope.execution_id, epoch: envelope.epoch };
		return await withOrchestrator(host, async ({ executions }) => {
			const outcome = await executions.accept(ref, webhookId);
			if (outcome === 'accepted') return accepted(message);
			if (outcome === 'duplicate') return { status: 202, body: { status: outcome } };
			return { status: 409, body: { status: outcome, reason: await executions.whyStale(ref) } };
		});
	});
}

function accepted({ envelope }: VerifiedMessage<DispatchEnvelope>): DoorAnswer {
	return { status: 202, body: { status: 'accepted' }, items: [[{ json: { dispatch: toJson(envelope) } }]] };
}

function misdirected(
	envelope: DispatchEnvelope,
	own: { deployment: string; workflowType: string },
): DoorAnswer {
	const message = `This address serves ${own.workflowType} of deployment ${own.deployment}, not ${envelope.workflow_type} of ${envelope.deployment}.`;
	const action = 'Publish the Task Trigger of that type again, so that it announces its own address.';
	return { status: 422, body: { error: { code: 'MO_MISDIRECTED', message, action } } };
}
