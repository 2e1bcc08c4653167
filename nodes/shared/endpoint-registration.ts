import { type IHookFunctions, NodeOperationError } from 'n8n-workflow';
import { z } from 'zod/v4';
import { InvalidInputError } from '../../core';
import { explain } from './node-error';
import { withOrchestrator } from './orchestrator';

const registration = z.object({
	deployment: z.string(),
	kind: z.enum(['task', 'callback']),
	workflowType: z.string().nullable(),
	url: z.string(),
	test: z.boolean(),
});
export type Registration = z.infer<typeof registration>;

type Description = Pick<Registration, 'deployment' | 'kind' | 'workflowType'> & {
	internalBaseUrl?: string | undefined;
};

/** The workflow was published, or n8n booted, or a test listens: its address announces itself. */
export async function registerEndpoint(host: IHookFunctions, description: Description): Promise<boolean> {
	const { internalBaseUrl, ...rest } = description;
	const test = host.getActivationMode() === 'manual';
	try {
		const url = dialledUrl(host.getNodeWebhookUrl('default'), internalBaseUrl);
		const endpoint = { ...rest, url, test };
		await withOrchestrator(host, async ({ endpoints }) => await endpoints.register(endpoint));
		memory(host).endpoint = endpoint;
		return true;
	} catch (error) {
		const { message, action } = explain(error);
		throw new NodeOperationError(host.getNode(), `${message} ${action}`, { description: action });
	}
}

/**
 * Takes back what this very node had announced. n8n calls `delete` with the same mode for test and production, and also
 * to clean up after a path conflict, when the address belongs to another workflow: only the node's static data knows.
 * n8n does not call it on shutdown.
 */
export async function unregisterEndpoint(host: IHookFunctions): Promise<boolean> {
	const remembered = registration.safeParse(memory(host).endpoint);
	if (!remembered.success) return true;
	try {
		await withOrchestrator(host, async ({ endpoints }) => await endpoints.unregister(remembered.data));
		delete memory(host).endpoint;
	} catch (error) {
		host.logger.warn(`The address of “${host.getNode().name}” stays registered: ${explain(error).message}`);
	}
	return true;
}

function memory(host: IHookFunctions) {
	return host.getWorkflowStaticData('node');
}

/** S21: the address that the Dispatcher dials; the origin may differ from the public one. */
export function dialledUrl(webhookUrl: string | undefined, internalBaseUrl: string | undefined): string {
	if (webhookUrl === undefined) throw new Error('n8n gave this node no webhook address.');
	const base = internalBaseUrl?.trim() ?? '';
	if (base === '') return webhookUrl;
	if (!URL.canParse(base)) {
		throw new InvalidInputError(
			`Internal Base URL is not an address: “${base}”.`,
			'Use something like http://n8n:5678, or leave it empty.',
		);
	}
	const publicUrl = new URL(webhookUrl);
	return `${base.replace(/\/+$/, '')}${publicUrl.pathname}`;
}
