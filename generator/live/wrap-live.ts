import type { LiveWorkflow } from '../n8n-api/live-workflow';
import type { N8nApi } from '../n8n-api/n8n-api';
import { describeUnwrapped, describeWrapped, findLockCycles, unwrapping, wrapping } from '../wrap';
import type { WrapOptions, WrapReport } from '../wrap';
import { BACKUP_FOLDER } from './backup';
import { changeAll } from './change-all';
import { asItRuns, chooseWorkflows, isScheduled, isWrapped, lockedAsItRuns } from './choose';
import { bindTo, chooseCredential } from './credential';
import { decideLive, type LiveDecision } from './decide';
import { requireScopes } from './instance';

export interface LiveOptions {
	/** Undefined: all that are scheduled (wrap), or all that are wrapped (unwrap). */
	ids?: readonly string[];
	backup?: string;
	dryRun?: boolean;
	skipRefused?: boolean;
	say: (line: string) => void;
}

const SCOPES = ['workflow:list', 'workflow:read', 'workflow:update', 'workflow:activate'];

/** Puts locks into workflows where they are. Everything is looked at before the first one is written. */
export async function wrapLive(
	api: N8nApi,
	options: WrapOptions & LiveOptions & { credential?: string },
): Promise<void> {
	const abilities = await requireScopes(api, [...SCOPES, 'credential:list']);
	await api.requirePackage();
	const bind = bindTo(chooseCredential(await api.credentials(), options.credential));
	const { all, chosen } = await chooseWorkflows(api, options.ids, isScheduled);
	const nodeFields = abilities?.nodeFields ?? new Set();
	const wish = wrapping({ ...options, others: all.map(asItRuns) });
	const decisions = chosen.map((workflow) => decideLive(workflow, wish, { bind, nodeFields }));
	await changeAll(api, refuseCycles(decisions, all), { ...settled(options), describe: describeWrapped });
}

/** Takes the locks out again, where they are. Needs neither the package nor the database. */
export async function unwrapLive(api: N8nApi, options: LiveOptions): Promise<void> {
	const abilities = await requireScopes(api, SCOPES);
	const { chosen } = await chooseWorkflows(api, options.ids, isWrapped);
	const nodeFields = abilities?.nodeFields ?? new Set();
	const decisions = chosen.map((workflow) =>
		decideLive(workflow, unwrapping, { bind: (same) => same, nodeFields }),
	);
	await changeAll(api, decisions, { ...settled(options), describe: describeUnwrapped });
}

const settled = ({ backup, dryRun, skipRefused, say }: LiveOptions) => ({
	backup: backup ?? BACKUP_FOLDER,
	dryRun: dryRun === true,
	skipRefused: skipRefused === true,
	say,
});

/** The same rule as for files, over every workflow of the instance: what is wrapped already counts with its lock. */
function refuseCycles(
	decisions: Array<LiveDecision<WrapReport>>,
	all: readonly LiveWorkflow[],
): Array<LiveDecision<WrapReport>> {
	const decided = new Set(decisions.map(({ workflow }) => workflow.id));
	const members = [
		...decisions.map((decision) =>
			decision.outcome === 'refused'
				? { workflow: decision.workflow.draft, lock: undefined }
				: { workflow: decision.result, lock: decision.report.lock },
		),
		...all.filter(({ id }) => !decided.has(id)).map(lockedAsItRuns),
	];
	const cycles = findLockCycles(members);
	return decisions.map((decision, index) => {
		const refusal = cycles.get(index);
		if (refusal === undefined || decision.outcome === 'refused') return decision;
		return { outcome: 'refused', workflow: decision.workflow, refusals: [refusal] };
	});
}
