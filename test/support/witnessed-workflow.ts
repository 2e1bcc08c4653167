import type { ForeignNode, ForeignWorkflow } from '../../generator/wrap';

/** A workflow whose work a witness sees from outside n8n. */
export interface Work {
	/** Also its webhook path, with dashes for spaces. */
	name: string;
	/** How long the one node works that stands for the operator's own. */
	workMs: number;
	/** What begins it. Default: its webhook. */
	trigger?: 'webhook' | 'every minute' | 'another workflow';
	/** What happens after the work. Default: nothing, it ends well. Parked, it waits for a call and works again. */
	then?: 'fail' | 'park';
	/** Id of a workflow that it calls after the work; then it works again. */
	calls?: string;
	settings?: Record<string, unknown>;
}

/** As the witness and the webhook know a workflow. */
export const pathOf = (name: string): string => name.replaceAll(' ', '-');

/** Trigger → a request that takes as long as the work → what comes then. As an operator would export it. */
export function workflowOf(work: Work, witnessUrl: string): ForeignWorkflow {
	const { name, trigger = 'webhook', then, calls, settings } = work;
	const again = workNode('Work Again', work, witnessUrl);
	const nodes = [
		{ webhook: webhook(name), 'every minute': everyMinute, 'another workflow': whenCalled }[trigger],
		workNode('Work', work, witnessUrl),
		...(then === 'fail' ? [failing] : []),
		...(then === 'park' ? [parking, again] : []),
		...(calls === undefined ? [] : [calling(calls), again]),
	];
	return {
		name,
		nodes: nodes.map((node, index) => ({
			id: `${pathOf(name)}-${index}`,
			...node,
			position: [index * 220, 0],
		})),
		connections: chain(nodes),
		settings: { executionOrder: 'v1', ...settings },
	};
}

/** Each node leads to the next by its first output. */
function chain(nodes: readonly ForeignNode[]): ForeignWorkflow['connections'] {
	return Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, index) => [
				nodes[index]?.name ?? '',
				{ main: [[{ node: name, type: 'main', index: 0 }]] },
			]),
	);
}

/** The trigger by which a test fires a workflow of this name. */
export const webhook = (workflow: string): ForeignNode => ({
	parameters: { httpMethod: 'POST', path: pathOf(workflow), options: {} },
	name: 'Webhook',
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	webhookId: pathOf(workflow),
});

const everyMinute: ForeignNode = {
	parameters: { rule: { interval: [{ field: 'minutes', minutesInterval: 1 }] } },
	name: 'Every Minute',
	type: 'n8n-nodes-base.scheduleTrigger',
	typeVersion: 1.2,
};

const whenCalled: ForeignNode = {
	parameters: {},
	name: 'When Called',
	type: 'n8n-nodes-base.executeWorkflowTrigger',
	typeVersion: 1,
};

const calling = (workflowId: string): ForeignNode => ({
	parameters: { workflowId: { __rl: true, mode: 'id', value: workflowId }, options: {} },
	name: 'Call',
	type: 'n8n-nodes-base.executeWorkflow',
	typeVersion: 1.1,
});

const workNode = (name: string, work: Work, witnessUrl: string): ForeignNode => ({
	parameters: {
		url: `=${witnessUrl}/job/${pathOf(work.name)}/{{ $execution.id }}?ms=${work.workMs}&resume={{ encodeURIComponent($execution.resumeUrl) }}`,
		options: { timeout: work.workMs + 60_000 },
	},
	name,
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.2,
});

const failing: ForeignNode = {
	parameters: { errorMessage: 'The work went wrong' },
	name: 'Fail',
	type: 'n8n-nodes-base.stopAndError',
	typeVersion: 1,
};

const parking: ForeignNode = {
	parameters: { resume: 'webhook', options: {} },
	name: 'Until Called',
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	webhookId: 'until-called',
};
