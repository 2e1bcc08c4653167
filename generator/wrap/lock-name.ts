import { InvalidInputError, parseLockName } from '../../core';
import type { ForeignWorkflow } from './foreign-workflow';
import { isAcquire, roleOf } from './inserted';
import type { Refusal } from './refusal';

/** The lock that all triggers of a workflow share. A workflow that has one already, ours or the operator’s own, keeps it. */
export function decideLockName(
	workflow: ForeignWorkflow,
	asked: string | undefined,
): { lock: string; refusals: Refusal[] } {
	const held = heldLock(workflow);
	if (typeof held === 'string' && asked !== undefined && asked !== held) {
		return { lock: held, refusals: [otherLock(held)] };
	}
	const name: unknown = asked ?? held ?? workflow.name;
	const fault = faultOf(name);
	return fault === undefined && typeof name === 'string'
		? { lock: name, refusals: [] }
		: { lock: '', refusals: [noName(fault ?? 'it has no name')] };
}

/** The lock that a workflow takes already, as it stands in its node; undefined = none. */
export function heldLock({ nodes }: ForeignWorkflow): unknown {
	return (nodes.find((node) => roleOf(node) === 'lock') ?? nodes.find(isAcquire))?.parameters?.lock;
}

/** What the node itself would refuse. And n8n evaluates a value that begins with “=”: a hostile name would run as code. */
function faultOf(name: unknown): string | undefined {
	if (typeof name !== 'string' || name.trim() === '') return 'the workflow has no name';
	if (name.startsWith('=')) return 'it begins with “=”, which n8n would evaluate';
	try {
		parseLockName(name);
		return undefined;
	} catch (error) {
		if (error instanceof InvalidInputError) return error.message.replace(/\.$/, '');
		throw error;
	}
}

const noName = (fault: string): Refusal => ({
	code: 'WRAP_NO_LOCK_NAME',
	reason: `The lock cannot be named: ${fault}.`,
	action: 'Give the lock a name with --lock.',
});

const otherLock = (held: string): Refusal => ({
	code: 'WRAP_OTHER_LOCK',
	reason: `It takes the lock “${held}” already.`,
	action: 'Unwrap it first, then wrap it with the other lock.',
});
