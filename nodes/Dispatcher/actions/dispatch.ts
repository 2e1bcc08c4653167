import { z } from 'zod/v4';
import Bottleneck from 'bottleneck';
import { type ClaimedExecution, deliver, type Delivery, type Orchestrator, postByFetch } from '../../../core';
import { defineAction } from '../../shared/action';
import { readExecution } from '../../shared/flow';

/** Local pacing per endpoint in this process; an idle limiter is dropped after a minute. */
const pacing = new Bottleneck.Group({ timeout: 60_000 });

/** Signs and posts one claimed execution. Only a definite refusal gives it back to the queue (S3). */
export const dispatch = defineAction({
	parallel: true,
	parameters: z.object({
		deployment: z.string().trim().min(1),
		options: z
			.object({
				requestTimeoutSeconds: z.number().positive().max(60).default(15),
				perEndpointConcurrency: z.number().int().min(1).max(100).default(3),
			})
			.prefault({}),
	}),
	async perform({ json, parameters: { deployment, options } }, services) {
		const execution = readExecution(json);
		const secrets = await services.secrets();
		const limiter = pacing.key(execution.endpointUrl);
		limiter.updateSettings({ maxConcurrent: options.perEndpointConcurrency });
		const delivery = await limiter.schedule(() =>
			deliver(execution, {
				deployment,
				secrets,
				post: postByFetch,
				clock: services.clock,
				sleep: services.sleep,
				requestTimeoutMs: options.requestTimeoutSeconds * 1000,
			}),
		);
		if (delivery.outcome === 'refused') await giveBack(await services.orchestrator(), execution, delivery);
		const { outcome, status, attempts, ms, message } = delivery;
		return {
			json: {
				run: json.run,
				execution: {
					executionId: execution.executionId,
					epoch: execution.epoch,
					workflowType: execution.workflowType,
					taskIds: execution.items.map((item) => item.task_id),
				},
				delivery: { outcome, status, attempts, ms, message },
			},
		};
	},
});

async function giveBack(
	{ executions, endpoints }: Orchestrator,
	execution: ClaimedExecution,
	delivery: Delivery,
): Promise<void> {
	if (delivery.disableEndpoint) await endpoints.disable(execution.endpointUrl, delivery.message);
	const error = { code: 'MO_DELIVERY_REFUSED', message: delivery.message };
	await executions.refuse(execution, error, { retryAt: delivery.retryAt });
}
