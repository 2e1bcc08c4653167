import type { ForeignWorkflow } from '../../generator/wrap';

/** A workflow whose work a witness sees from outside n8n. */
export interface Work {
	/** Also its webhook path, with dashes for spaces. */
	name: string;
	/** How long the one node works that stands for the operator's own. */
	workMs: number;
	/** What happens after the work. Default: nothing, it ends well. */
	then?: 'fail' | 'park';
	settings?: Record<string, unknown>;
}

/** Webhook → a request that takes as long as the work → what comes then. As an operator would export it. */
export function workflowOf({ name, workMs, then, settings }: Work, witnessUrl: string): ForeignWorkflow {
	const path = name.replaceAll(' ', '-');
	const last = then === undefined ? [] : [AFTER[then]];
	return {
		name,
		nodes: [
			{
				parameters: { httpMethod: 'POST', path, options: {} },
				id: `${path}-webhook`,
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				webhookId: path,
			},
			{
				parameters: {
					url: `=${witnessUrl}/job/${path}/{{ $execution.id }}?ms=${workMs}`,
					options: { timeout: 60_000 },
				},
				id: `${path}-work`,
				name: 'Work',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				position: [220, 0],
			},
			...last,
		],
		connections: {
			Webhook: { main: [[{ node: 'Work', type: 'main', index: 0 }]] },
			...(last.length === 0 ? {} : { Work: { main: [[{ node: 'After', type: 'main', index: 0 }]] } }),
		},
		settings: { executionOrder: 'v1', ...settings },
	};
}

const place = { id: 'after', name: 'After', position: [440, 0] };
const AFTER = {
	fail: {
		...place,
		parameters: { errorMessage: 'The work went wrong' },
		type: 'n8n-nodes-base.stopAndError',
		typeVersion: 1,
	},
	park: {
		...place,
		parameters: { amount: 10, unit: 'minutes' },
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		webhookId: 'after-wait',
	},
};
