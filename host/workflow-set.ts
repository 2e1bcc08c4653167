import type { Ensured, N8nClient } from './n8n-client';
import type { CredentialIds, NamedWorkflow } from './workflow-file';

/** Receives the errors of all others. */
const ERROR_HANDLER = 'error-handler';
/** Run by hand from the editor, never published. */
const SETUP = 'setup';

export interface ImportedWorkflow extends Ensured {
	/** File name without `.json`. */
	key: string;
	name: string;
	/** False for the workflow that is only run by hand. */
	published: boolean;
}

/** Imports a phase's workflows, the error handler first so that the others can name it, and publishes them. */
export async function importWorkflows(
	client: N8nClient,
	workflows: NamedWorkflow[],
	credentials: CredentialIds,
): Promise<ImportedWorkflow[]> {
	const imported: ImportedWorkflow[] = [];
	let errorWorkflow: string | undefined;
	for (const { key, workflow } of [...workflows].sort(errorHandlerFirst)) {
		const ensured = await client.ensureWorkflow(workflow, { credentials, errorWorkflow });
		const published = key !== SETUP;
		if (published) await client.activate(ensured.id);
		if (key === ERROR_HANDLER) errorWorkflow = ensured.id;
		imported.push({ ...ensured, key, name: workflow.name, published });
	}
	return imported;
}

const errorHandlerFirst = (a: NamedWorkflow, b: NamedWorkflow) =>
	Number(b.key === ERROR_HANDLER) - Number(a.key === ERROR_HANDLER);
