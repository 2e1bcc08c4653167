import { OWN_PACKAGE } from '../catalogue';
import type { LiveWorkflow } from '../n8n-api/live-workflow';
import type { N8nApi } from '../n8n-api/n8n-api';
import { during, progressOf } from '../progress';
import { plain } from '../plain-text';
import { findEntries, type ForeignWorkflow, heldLock, MUTEX, roleOf } from '../wrap';

/** Every workflow of the instance, and those that are to be changed, the latter as they stand to the last field. */
export interface Chosen {
	all: LiveWorkflow[];
	chosen: LiveWorkflow[];
}

/** By their ids, or all for which `which` holds. An id that n8n does not know is an error before anything is done. */
export async function chooseWorkflows(
	api: N8nApi,
	ids: readonly string[] | undefined,
	which: (workflow: LiveWorkflow) => boolean,
): Promise<Chosen> {
	const all = await during('reading the list of workflows', api.workflows());
	const wanted = [...new Set(ids ?? all.filter(which).map(({ id }) => id))];
	const progress = progressOf(wanted.length, 'workflows read');
	const chosen: LiveWorkflow[] = [];
	for (const id of wanted) {
		chosen.push(await api.workflow(id));
		progress(chosen.length);
	}
	return { all, chosen };
}

/** Published, and a clock starts work in it. Our own orchestrator’s heartbeats have slots, they need no lock. */
export const isScheduled = ({ published }: LiveWorkflow): boolean =>
	published !== null &&
	!isOrchestrators(published) &&
	findEntries(published).some(({ kind, works }) => kind === 'schedule' && works);

/** Has other nodes of this package than locks. */
export const isOrchestrators = ({ nodes }: ForeignWorkflow): boolean =>
	nodes.some(({ type }) => type.startsWith(`${OWN_PACKAGE}.`) && type !== MUTEX);

/** Has a node that wrap inserted, in the version that runs or in the draft. */
export const isWrapped = ({ draft, published }: LiveWorkflow): boolean =>
	[draft, ...(published === null ? [] : [published])].some(({ nodes }) =>
		nodes.some((node) => roleOf(node) !== undefined),
	);

/** How a workflow is called in everything that an operator reads. */
export const labelOf = ({ id, name }: { id: string; name: string }): string =>
	`${plain(id)} “${plain(name)}”`;

/** The version that counts: the one that runs; of a workflow that is not published, its draft. */
export const asItRuns = ({ published, draft }: LiveWorkflow): ForeignWorkflow => published ?? draft;

/** The version that counts, with the lock that it takes. */
export function lockedAsItRuns(live: LiveWorkflow) {
	const workflow = asItRuns(live);
	const lock = heldLock(workflow);
	return { workflow, lock: typeof lock === 'string' ? lock : undefined };
}
