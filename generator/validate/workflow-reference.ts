import type { Rule } from './finding';

/** n8n gives an imported workflow a new id, so a reference by id dies without a word. */
const KEYS = new Set(['workflowId', 'errorWorkflow', 'callerIds', 'parentWorkflowId']);

export const workflowReference: Rule = {
	code: 'GEN_WORKFLOW_REFERENCE',
	scope: 'generated',
	promise: 'No workflow names another one by its id.',
	check: (workflow) => referencesIn(workflow).map((path) => `${path} refers to a workflow by its id.`),
};

function referencesIn(value: unknown, path = ''): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => {
		const here = path === '' ? key : `${path}.${key}`;
		return KEYS.has(key) ? [here] : referencesIn(inner, here);
	});
}
