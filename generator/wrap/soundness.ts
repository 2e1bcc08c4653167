import { mainEdges, usedOutputs } from './edges';
import type { Entry } from './entries';
import type { ForeignWorkflow } from './foreign-workflow';
import type { Refusal, Warning } from './refusal';
import { TOOL_SERVER } from './trigger-kinds';

/** Connections and expressions find nodes by name; with two of one name nobody can say which is meant. */
function findDuplicates({ nodes }: ForeignWorkflow): Refusal[] {
	const seen = new Set<string>();
	const twice = new Set<string>();
	for (const { name } of nodes) (seen.has(name) ? twice : seen).add(name);
	return [...twice].map((name) => ({
		code: 'WRAP_DUPLICATE_NAME',
		node: name,
		reason: 'Several nodes have this name, so nobody can say where its connections belong.',
		action: 'Give each node a name of its own in the editor, then export again.',
	}));
}

/** Some tools write ids where n8n expects names; such a file looks connected and does nothing. */
function findConnectedById(workflow: ForeignWorkflow): Refusal[] {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	return workflow.nodes
		.filter(({ id }) => typeof id === 'string' && !names.has(id) && usedOutputs(workflow, id).length > 0)
		.slice(0, 1)
		.map(({ name }) => ({
			code: 'WRAP_CONNECTED_BY_ID',
			node: name,
			reason: 'Its connections are written under its id; n8n looks for its name, so nothing behind it runs.',
			action: 'Export the workflow from n8n again, or repair the connections in the editor.',
		}));
}

/** What keeps a file from being understood at all. */
export function findFaults(workflow: ForeignWorkflow): Refusal[] {
	return [...findDuplicates(workflow), ...findConnectedById(workflow)];
}

/** What is kept as it is, although it looks wrong or stays without a lock. */
export function findWarnings(workflow: ForeignWorkflow, entries: readonly Entry[]): Warning[] {
	return [...findDangling(workflow), ...entries.flatMap(warningsFor), ...findToolServers(workflow)];
}

function findDangling(workflow: ForeignWorkflow): Warning[] {
	const names = new Set(workflow.nodes.map(({ name }) => name));
	return mainEdges(workflow)
		.filter(({ from, target }) => !names.has(from) || !names.has(target.node))
		.map(({ from, target }) => ({
			code: 'WRAP_DANGLING_EDGE',
			node: from,
			message: `A connection leads from “${from}” to “${target.node}”, of which one does not exist; it is kept. n8n fails when it gets there.`,
		}));
}

function warningsFor({ node: { name, type }, kind, assumed, answering, works }: Entry): Warning[] {
	if (!works) return [];
	const found: Warning[] = [];
	if (assumed) {
		const message = `“${name}” (${type}) is taken for a trigger, because nothing leads to it.`;
		found.push({ code: 'WRAP_ASSUMED_TRIGGER', node: name, message });
	}
	if (kind === 'called') {
		const message = `“${name}” gets no lock: it runs under its caller’s. Use --on-busy called=wait to lock it as well.`;
		found.push({ code: 'WRAP_CALLED', node: name, message });
	}
	if (answering === 'host') {
		const message = `n8n itself answers the caller of “${name}” when the work has ended: a busy lock is a failed execution, and the answer 500.`;
		found.push({ code: 'WRAP_ANSWER_500', node: name, message });
	}
	return found;
}

function findToolServers({ nodes }: ForeignWorkflow): Warning[] {
	return nodes
		.filter(({ type, disabled }) => type === TOOL_SERVER && disabled !== true)
		.map(({ name }) => ({
			code: 'WRAP_TOOL_SERVER',
			node: name,
			message: `“${name}” serves tools and has no output, so their calls run without the lock.`,
		}));
}
