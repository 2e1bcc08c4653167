import { calledBy, isCaller } from './calls';
import { isDisabled } from './edges';
import type { ForeignNode, ForeignWorkflow } from './foreign-workflow';

/** n8n keeps shorter waits in memory; a longer one parks the execution, and the lock opens. */
const PARKS_FROM_SECONDS = 65;

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** Every node of n8n 2.40 that asks a person has the first operation; GitHub’s “dispatch a workflow” has the second. */
const PARKING_OPERATIONS: readonly unknown[] = ['sendAndWait', 'dispatchAndWait'];

/** `perhaps`: it calls a workflow that we do not see. */
export type Parking = 'never' | 'perhaps' | 'can';

/**
 * Whether the execution may leave each node in another process, much later. n8n parks the caller of a workflow that parks,
 * so called workflows are looked into as far as they are among `others`; a node also parks when one of its tools does.
 */
export function parkingOfNodes(
	workflow: ForeignWorkflow,
	others: readonly ForeignWorkflow[],
): ReadonlyMap<string, Parking> {
	const byItself = workflow.nodes.map((node): [string, Parking] => [
		node.name,
		strongest([parksItself(workflow, node) ? 'can' : 'never', parkingOfCall(workflow, node, others)]),
	]);
	return passToServed(workflow, new Map(byItself));
}

/** Tools and other sub-nodes act inside the node that they serve. */
function passToServed(workflow: ForeignWorkflow, found: Map<string, Parking>): Map<string, Parking> {
	const waiting = [...found.keys()].filter((name) => found.get(name) !== 'never');
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		for (const served of servedBy(workflow, name)) {
			const before = found.get(served) ?? 'never';
			const after = strongest([before, found.get(name) ?? 'never']);
			if (after === before) continue;
			found.set(served, after);
			waiting.push(served);
		}
	}
	return found;
}

/** Where the AI connections of a node lead. */
function servedBy({ connections }: ForeignWorkflow, name: string): string[] {
	const ports = Object.hasOwn(connections, name) ? connections[name] : undefined;
	return Object.entries(ports ?? {})
		.filter(([kind]) => kind !== 'main')
		.flatMap(([, outputs]) => outputs.flatMap((targets) => targets ?? []))
		.map(({ node }) => node);
}

function parksItself(workflow: ForeignWorkflow, node: ForeignNode): boolean {
	if (isDisabled(node)) return false;
	const { type, typeVersion, parameters = {} } = node;
	const { operation } = parameters;
	if (PARKING_OPERATIONS.includes(operation) || /HitlTool$/.test(type)) return true;
	switch (type) {
		case 'n8n-nodes-base.wait':
			return !isShortWait(parameters, typeVersion);
		case 'n8n-nodes-base.form':
			return operation !== 'completion';
		case 'n8n-nodes-base.respondToWebhook':
			return workflow.nodes.some(answersByNodes);
		// Parks to send, whatever the operation.
		case '@n8n/n8n-nodes-langchain.chat':
			return true;
		default:
			return false;
	}
}

/** n8n then sends what “Respond to Webhook” says through the chat, and parks until it is sent. */
function answersByNodes(node: ForeignNode): boolean {
	const { options } = node.parameters ?? {};
	return (
		node.type === '@n8n/n8n-nodes-langchain.chatTrigger' &&
		!isDisabled(node) &&
		typeof options === 'object' &&
		options !== null &&
		'responseMode' in options &&
		options.responseMode === 'responseNodes'
	);
}

function isShortWait(parameters: Record<string, unknown>, version: unknown): boolean {
	const { resume = 'timeInterval', amount, unit } = parameters;
	if (resume !== 'timeInterval') return false;
	const old = version === 1;
	const seconds = SECONDS[String(unit ?? (old ? 'hours' : 'seconds'))];
	const count = amount ?? (old ? 1 : 5);
	return typeof count === 'number' && seconds !== undefined && count * seconds < PARKS_FROM_SECONDS;
}

/** Looks through the called workflows and those that they call. */
function parkingOfCall(
	workflow: ForeignWorkflow,
	node: ForeignNode,
	others: readonly ForeignWorkflow[],
): Parking {
	let found: Parking = 'never';
	const seen = new Set<ForeignWorkflow>();
	const calls = [{ from: workflow, by: node }];
	for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
		if (!isCaller(call.by) || isDisabled(call.by) || !isWaitedFor(call.by)) continue;
		const called = calledBy(call.from, call.by, others);
		if (called.length === 0) found = 'perhaps';
		for (const each of called) {
			if (seen.has(each)) continue;
			seen.add(each);
			if (each.nodes.some((inside) => parksItself(each, inside))) return 'can';
			calls.push(...each.nodes.map((by) => ({ from: each, by })));
		}
	}
	return found;
}

function isWaitedFor({ parameters = {} }: ForeignNode): boolean {
	const { options } = parameters;
	return !(
		typeof options === 'object' &&
		options !== null &&
		'waitForSubWorkflow' in options &&
		options.waitForSubWorkflow === false
	);
}

function strongest(found: readonly Parking[]): Parking {
	return found.includes('can') ? 'can' : found.includes('perhaps') ? 'perhaps' : 'never';
}
