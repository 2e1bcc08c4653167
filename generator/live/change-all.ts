import { N8nKeyError, N8nUnreachableError } from '../n8n-api/errors';
import type { N8nApi } from '../n8n-api/n8n-api';
import { LiveWorkflowsError } from '../failure';
import { during } from '../progress';
import { plain } from '../plain-text';
import type { FileResult } from '../wrap';
import { explain } from '../report-failure';
import { backUp } from './backup';
import { labelOf } from './choose';
import type { LiveDecision } from './decide';
import { NotPublishedError, put } from './put';

export interface ChangeAllOptions<Report> {
	backup: string;
	dryRun: boolean;
	/** False: one refusal, and nothing is written. */
	skipRefused: boolean;
	describe: (result: FileResult<Report>) => string;
	say: (line: string) => void;
}

type Changed<Report> = Extract<LiveDecision<Report>, { outcome: 'changed' }>;

/**
 * Tells every decision, keeps a backup of everything that will change, then changes one workflow after the other. What
 * fails in the middle leaves the others done; running again does the rest. Throws unless everything is as it should be.
 */
export async function changeAll<Report>(
	api: N8nApi,
	decisions: ReadonlyArray<LiveDecision<Report>>,
	{ backup, dryRun, skipRefused, describe, say }: ChangeAllOptions<Report>,
): Promise<void> {
	for (const decision of decisions) say(describe(resultOf(decision)));
	const changed = decisions.filter((decision) => decision.outcome === 'changed');
	const refused = decisions.filter(({ outcome }) => outcome === 'refused').length;
	const counts = `${decisions.length} workflows: ${changed.length} to change, ${decisions.length - changed.length - refused} right as they are, ${refused} refused`;
	const writes = !dryRun && (refused === 0 || skipRefused);
	say(`${counts}${writes ? '.' : '; nothing was written.'}`);
	const failed = writes ? await write(api, changed, backup, say) : 0;
	if (refused + failed === 0) return;
	throw new LiveWorkflowsError(
		[
			...(refused > 0 ? [`${refused} of ${decisions.length} workflows were refused.`] : []),
			...(failed > 0 ? [`${failed} of ${changed.length} could not be changed.`] : []),
		].join(' '),
		failed > 0
			? 'See the reasons above; running the command again does what is left.'
			: `See the reasons above${writes || dryRun ? '' : '; --skip-refused changes the others'}.`,
	);
}

async function write<Report>(
	api: N8nApi,
	changed: ReadonlyArray<Changed<Report>>,
	backup: string,
	say: (line: string) => void,
): Promise<number> {
	for (const { workflow } of changed)
		say(`backup of ${labelOf(workflow)}: ${await backUp(backup, workflow)}`);
	let done = 0;
	let tried = 0;
	for (const { workflow, save, publish } of changed) {
		tried++;
		try {
			const notes = await during(
				`changing ${labelOf(workflow)}`,
				put(api, { before: workflow, save, publish }),
			);
			say(`done: ${labelOf(workflow)}${publish ? ', published' : ', not published, as before'}`);
			for (const note of notes) say(`  note: ${note}`);
			await tellRunning(api, workflow.id, say);
			done++;
		} catch (error) {
			const { code, message, action } = explain(error);
			say(`not done: ${labelOf(workflow)}: error[${code}]: ${plain(message)}`);
			say(`  what to do: ${action}`);
			if (isHopeless(error)) break;
		}
	}
	for (const { workflow } of changed.slice(tried)) say(`not tried: ${labelOf(workflow)}`);
	return changed.length - done;
}

/** The next one would fail the same way, perhaps after a minute of waiting. */
function isHopeless(error: unknown): boolean {
	const gone = [error, error instanceof NotPublishedError ? error.cause : undefined];
	return gone.some((each) => each instanceof N8nUnreachableError || each instanceof N8nKeyError);
}

/** Not worth an error: the change is done. */
async function tellRunning(api: N8nApi, id: string, say: (line: string) => void): Promise<void> {
	const count = await api.running(id).catch(() => null);
	if (count === null || count === 0) return;
	say(`  note: ${count} running execution(s) go on with the version with which they began`);
}

function resultOf<Report>(decision: LiveDecision<Report>): FileResult<Report> {
	const { workflow } = decision;
	if (decision.outcome === 'refused') {
		return { name: labelOf(workflow), outcome: 'refused', refusals: decision.refusals };
	}
	const { outcome, result, report } = decision;
	return { name: workflow.id, outcome, text: '', parts: [{ workflow: workflow.name, result, report }] };
}
