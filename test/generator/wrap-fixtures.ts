import type { ForeignNode, ForeignWorkflow } from '../../generator/wrap/foreign-workflow';
import { wrap, type WrapOptions, type WrapReport } from '../../generator/wrap';

export const BASE = 'n8n-nodes-base.';

export function nodeOf(name: string, type: string, over: Partial<ForeignNode> = {}): ForeignNode {
	const short = type.includes('.') ? type : `${BASE}${type}`;
	return { parameters: {}, name, type: short, typeVersion: 1, position: [0, 0], ...over };
}

/** `A>B` from the first output to the first input, `A:1>B:1` between others. */
export function workflowFrom(
	nodes: ForeignNode[],
	edges: string[],
	over: Partial<ForeignWorkflow> = {},
): ForeignWorkflow {
	const connections: ForeignWorkflow['connections'] = {};
	for (const edge of edges) {
		const [from = '', to = ''] = edge.split('>');
		const [source = '', output = '0'] = from.split(':');
		const [node = '', index = '0'] = to.split(':');
		const { main } = (connections[source] ??= { main: [] });
		while (main!.length <= Number(output)) main!.push([]);
		main![Number(output)]!.push({ node, type: 'main', index: Number(index) });
	}
	const placed = nodes.map((node, at) => ({ ...node, position: [at * 208, 0] }));
	return { name: 'Sales', nodes: placed, connections, settings: { executionOrder: 'v1' }, ...over };
}

/** A schedule and a step: the least there is to wrap. */
export const scheduled = (over: Partial<ForeignWorkflow> = {}): ForeignWorkflow =>
	workflowFrom(
		[nodeOf('Every Hour', 'scheduleTrigger'), nodeOf('Work', 'httpRequest')],
		['Every Hour>Work'],
		over,
	);

export function wrapped(
	workflow: ForeignWorkflow,
	options?: WrapOptions,
): { workflow: ForeignWorkflow; report: WrapReport } {
	const result = wrap(workflow, options);
	if (result.outcome === 'refused') throw new Error(JSON.stringify(result.refusals));
	return result;
}

export function refusalCodes(workflow: ForeignWorkflow, options?: WrapOptions): string[] {
	const result = wrap(workflow, options);
	return result.outcome === 'refused' ? result.refusals.map(({ code }) => code) : [result.outcome];
}

export function edgesOf({ connections }: ForeignWorkflow): string[] {
	return Object.entries(connections).flatMap(([from, ports]) =>
		Object.entries(ports).flatMap(([kind, outputs]) =>
			outputs.flatMap((targets, output) =>
				(targets ?? []).map(
					({ node, index = 0 }) => `${from}${kind === 'main' ? '' : `.${kind}`}:${output}>${node}:${index}`,
				),
			),
		),
	);
}
