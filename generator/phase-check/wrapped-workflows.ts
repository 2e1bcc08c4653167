import { isSameContent } from '../live/decide';
import { boundId } from '../live/credential';
import { asItRuns, isOrchestrators, isScheduled, isWrapped, labelOf, lockedAsItRuns } from '../live/choose';
import type { LiveWorkflow } from '../n8n-api/live-workflow';
import type { CredentialName } from '../n8n-api/n8n-api';
import { plain } from '../plain-text';
import { findLockCycles, type ForeignWorkflow, heldLock, MUTEX, roleOf, wrap } from '../wrap';
import { type CheckResult, failed, noticed } from './check';

/** Which published workflows start on a clock without a lock, and why. None wrapped at all: the phase has not begun. */
export function checkScheduled(workflows: readonly LiveWorkflow[]): CheckResult {
	const others = workflows.map(asItRuns);
	const open = workflows
		.filter((each) => isScheduled(each) && !isWrapped(each))
		.map((each) => whyOpen(each, others));
	const own = workflows
		.filter(({ published }) => published !== null && isOrchestrators(published))
		.map((each) => `${labelOf(each)} belongs to the Master Orchestrator, which takes slots instead of locks`);
	const wrapped = workflows.filter((each) => each.published !== null && isWrapped(each));
	if (wrapped.length > 0) return noticed([...open, ...own]);
	return failed([
		'No published workflow is wrapped: run master-orchestrator wrap --all-scheduled.',
		...open,
		...own,
	]);
}

function whyOpen(workflow: LiveWorkflow, others: readonly ForeignWorkflow[]): string {
	const result = wrap(asItRuns(workflow), { others });
	const label = labelOf(workflow);
	if (result.outcome === 'refused') {
		const reasons = result.refusals.map(({ code, reason }) => `${code}: ${plain(reason)}`);
		return `${label} cannot be wrapped: ${reasons.join('; ')}`;
	}
	return result.outcome === 'unchanged'
		? `${label} has a lock that was put in by hand`
		: `${label} is not wrapped: run master-orchestrator wrap --workflow ${workflow.id}`;
}

/**
 * Operators edit: whatever begins work must still stand behind its lock, and all locks of a workflow must be one. Calls are
 * followed through all workflows of the instance, as wrap follows them.
 */
export function checkSound(workflows: readonly LiveWorkflow[]): CheckResult {
	const others = workflows.map(asItRuns);
	return failed(
		workflows
			.filter(isWrapped)
			.flatMap((live) => faultsOf(asItRuns(live), others).map((fault) => `${labelOf(live)}: ${fault}`)),
	);
}

function faultsOf(workflow: ForeignWorkflow, others: readonly ForeignWorkflow[]): string[] {
	const lock = heldLock(workflow);
	const strangers = workflow.nodes
		.filter((node) => node.type === MUTEX && roleOf(node) !== undefined && node.parameters?.lock !== lock)
		.map(({ name }) => `“${plain(name)}” takes another lock than the first one, “${plain(String(lock))}”`);
	const result = wrap(workflow, { others });
	if (result.outcome === 'refused') {
		return [...strangers, ...result.refusals.map(({ code, reason }) => `${code}: ${plain(reason)}`)];
	}
	const { triggers, ensures } = result.report;
	return [
		...strangers,
		...triggers
			.filter(({ outcome }) => outcome === 'locked')
			.map(({ node }) => `the trigger “${plain(node)}” does work without the lock; wrap it again`),
		...ensures.map((node) => `the lock is not taken again behind “${plain(node)}”; wrap it again`),
	];
}

/** Else somebody sees a lock in the editor that does not run, or the other way round. */
export function checkPublished(workflows: readonly LiveWorkflow[]): CheckResult {
	return failed(
		workflows
			.filter(isWrapped)
			.filter(({ draft, published }) => published !== null && !isSameContent(draft, published))
			.map((each) => `${labelOf(each)}: the draft differs from what runs; publish it, or restore what runs`),
	);
}

export function checkCredentials(
	workflows: readonly LiveWorkflow[],
	credentials: readonly CredentialName[],
): CheckResult {
	const ids = new Set(credentials.map(({ id }) => id));
	return failed(
		workflows.filter(isWrapped).flatMap((workflow) =>
			asItRuns(workflow)
				.nodes.filter(({ type, disabled }) => type === MUTEX && disabled !== true)
				.flatMap((node) => {
					const id = boundId(node);
					if (id !== null && ids.has(id)) return [];
					const fault = id === null ? 'has no credential' : 'uses a credential that is gone';
					return [
						`${labelOf(workflow)}: “${plain(node.name)}” ${fault}; choose one in the editor and publish`,
					];
				}),
		),
	);
}

export function checkCycles(workflows: readonly LiveWorkflow[]): CheckResult {
	const cycles = findLockCycles(workflows.map(lockedAsItRuns));
	return failed(
		workflows.flatMap((workflow, index) => {
			const refusal = cycles.get(index);
			return refusal
				? [`${labelOf(workflow)} at “${plain(refusal.node ?? '')}”: ${plain(refusal.reason)}`]
				: [];
		}),
	);
}
