import { MAX_WAIT_SECONDS } from '../../core';
import { askedPolicy, type BusyChoice, decideBusy, wouldDrop } from './busy-policy';
import { usedOutputs } from './edges';
import type { Entry } from './entries';
import type { ForeignNode, ForeignWorkflow } from './foreign-workflow';
import { isAcquire, MUTEX, roleOf } from './inserted';
import type { Refusal } from './refusal';

/** Every way out of the trigger leads into an acquire, ours or the operator’s own. */
export function isLocked(workflow: ForeignWorkflow, trigger: string): boolean {
	const acquires = new Set(workflow.nodes.filter(isAcquire).map(({ name }) => name));
	return usedOutputs(workflow, trigger).every(({ targets }) =>
		targets.every(({ node }) => acquires.has(node)),
	);
}

/** What was asked for of the locks, as far as it was said. */
interface Asked {
	onBusy?: BusyChoice;
	maxWaitSeconds?: number;
}

/**
 * Where a lock that stands does otherwise than what was asked for: wrap changes no such lock, so it must not look as if it
 * had. What nobody asked for may stand as it likes. `locked`: the triggers that have their lock already.
 */
export function findContradictions(
	workflow: ForeignWorkflow,
	locked: readonly Entry[],
	{ onBusy = {}, maxWaitSeconds }: Asked,
): Refusal[] {
	const behind = locked.flatMap((entry) =>
		locksBehind(workflow, entry.node.name).map((lock) => ({ entry, lock })),
	);
	const policies = behind.flatMap(({ entry, lock }) => otherPolicy(entry, lock, onBusy));
	if (maxWaitSeconds === undefined) return policies;
	const standing = new Set(behind.map(({ lock }) => lock));
	const waits = workflow.nodes
		.filter((node) => standing.has(node) || (node.type === MUTEX && roleOf(node) !== undefined))
		.flatMap((node) => otherWait(node, maxWaitSeconds));
	return [...policies, ...waits];
}

function locksBehind(workflow: ForeignWorkflow, trigger: string): ForeignNode[] {
	const led = new Set(
		usedOutputs(workflow, trigger).flatMap(({ targets }) => targets.map(({ node }) => node)),
	);
	return workflow.nodes.filter((node) => led.has(node.name) && isAcquire(node));
}

function otherPolicy({ node, kind, answering }: Entry, lock: ForeignNode, choice: BusyChoice): Refusal[] {
	const asked = askedPolicy(kind, choice);
	const stands = policyOf(lock);
	if (asked === undefined || asked === stands) return [];
	if (decideBusy(kind, answering, choice) === 'drops') return [wouldDrop(node.name)];
	return [
		{
			code: 'WRAP_OTHER_BUSY',
			node: lock.name,
			reason: `It stands behind “${node.name}” already, with “${stands}” while busy; “${asked}” was asked for, and wrap never changes a lock that is there.`,
			action: wayOut(lock, 'When Busy'),
		},
	];
}

function otherWait(lock: ForeignNode, asked: number): Refusal[] {
	const stands = maxWaitOf(lock);
	if (lock.disabled === true || policyOf(lock) !== 'wait' || stands === asked) return [];
	return [
		{
			code: 'WRAP_OTHER_WAIT',
			node: lock.name,
			reason: `It stands already and waits up to ${String(stands)} s; ${asked} s were asked for, and wrap never changes a lock that is there.`,
			action: wayOut(lock, MAX_WAIT_SECONDS.name),
		},
	];
}

/** As it stands in the node; what the editor leaves out is the node’s default. */
const policyOf = ({ parameters }: ForeignNode): string => String(parameters?.onBusy ?? 'skip');

function maxWaitOf({ parameters }: ForeignNode): unknown {
	const { options } = parameters ?? {};
	const named = typeof options === 'object' && options !== null && 'maxWaitSeconds' in options;
	return named ? options.maxWaitSeconds : MAX_WAIT_SECONDS.default;
}

const wayOut = (lock: ForeignNode, field: string): string =>
	roleOf(lock) === undefined
		? `This node was put in by hand: set “${field}” in it in the editor, or leave the option out.`
		: 'Unwrap the workflow first, then wrap it with every option that it shall have; or leave this one out.';
