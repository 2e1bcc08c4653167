import { downstream, isLegacyOrder, mainEdges, usedOutputs } from './edges';
import type { ForeignWorkflow } from './foreign-workflow';
import type { Refusal } from './refusal';

/**
 * Order v0 takes turns between branches, and a node that waits at a second input makes n8n run the other beginnings too.
 * With one beginning forced and no branches the turns stay as they were; otherwise a lock in a forced beginning comes one
 * turn later, and another branch can overtake it (seen on n8n’s engine).
 */
export function legacyMerge(workflow: ForeignWorkflow): Refusal[] {
	if (!isLegacyOrder(workflow)) return [];
	const edges = mainEdges(workflow);
	const waiting = new Set(
		edges.filter(({ target }) => (target.index ?? 0) > 0).map(({ target }) => target.node),
	);
	if (waiting.size === 0) return [];
	const led = new Set(edges.map(({ target }) => target.node));
	const heads = workflow.nodes
		.filter(({ name }) => !led.has(name) && usedOutputs(workflow, name).length > 0)
		.map(({ name }) => ({ name, behind: downstream(workflow, name) }));
	for (const node of waiting) {
		const feeding = heads.filter(({ behind }) => behind.has(node));
		if (feeding.length < 2) continue;
		const running = feeding.flatMap(({ name, behind }) => [name, ...behind]);
		if (feeding.length > 2 || running.some((name) => targetCount(workflow, name) > 1)) return [refusal(node)];
	}
	return [];
}

function targetCount(workflow: ForeignWorkflow, name: string): number {
	return usedOutputs(workflow, name).reduce((sum, { targets }) => sum + targets.length, 0);
}

const refusal = (node: string): Refusal => ({
	code: 'WRAP_LEGACY_ORDER',
	node,
	reason:
		'It waits for branches of several triggers; in execution order v0 n8n then runs the other triggers too, and a lock there can let one branch overtake another.',
	action: 'Set the execution order of this workflow to v1 (Settings), test it, then wrap it.',
});
