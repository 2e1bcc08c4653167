import type { ForeignNode, ForeignWorkflow } from './foreign-workflow';
import { isWorkflow } from './foreign-workflow';
import type { Refusal } from './refusal';

/** Nodes that run another workflow and wait for it. */
const CALLERS = new Set([
	'n8n-nodes-base.executeWorkflow',
	'@n8n/n8n-nodes-langchain.toolWorkflow',
	'@n8n/n8n-nodes-langchain.retrieverWorkflow',
]);

export interface LockedWorkflow {
	workflow: ForeignWorkflow;
	/** undefined: it takes no lock of its own. */
	lock: string | undefined;
}

export interface Call {
	from: number;
	node: string;
	to: number;
}

/** Calls among the given workflows, found by id or by name; those that an expression chooses are unknown. */
export function findCalls(workflows: readonly ForeignWorkflow[]): Call[] {
	return workflows.flatMap((workflow, from) =>
		workflow.nodes
			.filter((node) => isCaller(node) && node.disabled !== true)
			.flatMap((node) => {
				const targets = targetsOf(node);
				return workflows.flatMap(({ id, name }, to) =>
					targets.some((target) => target === id || target === name) ? [{ from, node: node.name, to }] : [],
				);
			}),
	);
}

export const isCaller = ({ type }: ForeignNode): boolean => CALLERS.has(type);

/** The workflows that this node may run, itself and those written into it included; none = it is not among `others`. */
export function calledBy(
	workflow: ForeignWorkflow,
	node: ForeignNode,
	others: readonly ForeignWorkflow[],
): ForeignWorkflow[] {
	const { source, workflowJson } = node.parameters ?? {};
	if (source === 'parameter') return inline(workflowJson);
	const targets = targetsOf(node);
	if (targets.some((target) => typeof target === 'string' && ITSELF.test(target))) return [workflow];
	return [workflow, ...others].filter(({ id, name }) =>
		targets.some((target) => target !== undefined && (target === id || target === name)),
	);
}

const ITSELF = /^=\{\{\s*\$workflow\.id\s*\}\}$/;

function inline(json: unknown): ForeignWorkflow[] {
	try {
		const value: unknown = typeof json === 'string' ? JSON.parse(json) : json;
		return isWorkflow(value) ? [value] : [];
	} catch {
		return [];
	}
}

/** The id, and the name that the editor keeps beside it. */
function targetsOf({ parameters = {} }: ForeignNode): unknown[] {
	const { workflowId } = parameters;
	if (typeof workflowId !== 'object' || workflowId === null) return [workflowId];
	return Object.entries(workflowId)
		.filter(([key]) => key === 'value' || key === 'cachedResultName')
		.map(([, value]) => value);
}

/**
 * A circle of calls in which locks differ: one execution holds the first lock and wants the second, another one the other
 * way round. Answers the call that closes the circle, by the workflow that makes it.
 */
export function findLockCycles(workflows: readonly LockedWorkflow[]): Map<number, Refusal> {
	const calls = findCalls(workflows.map(({ workflow }) => workflow));
	const found = new Map<number, Refusal>();
	for (const call of calls) {
		const circle = reach(call.to, calls);
		if (!circle.has(call.from)) continue;
		const members = [...circle].filter((member) => reach(member, calls).has(call.from));
		const locks = new Set(members.flatMap((member) => workflows[member]?.lock ?? []));
		if (locks.size > 1 && !found.has(call.from))
			found.set(call.from, refusalFor(workflows, call, [...locks]));
	}
	return found;
}

function refusalFor(workflows: readonly LockedWorkflow[], { node, to }: Call, locks: string[]): Refusal {
	const called = String(workflows[to]?.workflow.name ?? 'another file');
	return {
		code: 'WRAP_LOCK_CYCLE',
		node,
		reason: `It calls “${called}”, which leads back here, and they have different locks (${locks.map((lock) => `“${lock}”`).join(', ')}): two executions could wait for each other.`,
		action: 'Give them one lock: wrap these files together with --lock.',
	};
}

/** Everything that is called from here, directly or through others; itself included. */
function reach(start: number, calls: readonly Call[]): Set<number> {
	const seen = new Set([start]);
	for (const at of seen) for (const { from, to } of calls) if (from === at) seen.add(to);
	return seen;
}
