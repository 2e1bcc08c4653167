import type { ForeignWorkflow } from './foreign-workflow';
import { isAcquire, roleOf } from './inserted';
import type { Refusal } from './refusal';

/** Characters; the node takes no longer name, and none with an invisible character. */
export const MAX_LOCK_NAME = 200;

/** The lock that all triggers of a workflow share. A workflow that has one already, ours or the operator’s own, keeps it. */
export function decideLockName(
	workflow: ForeignWorkflow,
	asked: string | undefined,
): { lock: string; refusals: Refusal[] } {
	const held = (workflow.nodes.find((node) => roleOf(node) === 'lock') ?? workflow.nodes.find(isAcquire))
		?.parameters?.lock;
	if (typeof held === 'string' && asked !== undefined && asked !== held) {
		return { lock: held, refusals: [otherLock(held)] };
	}
	const name: unknown = asked ?? held ?? workflow.name;
	const fault = faultOf(name);
	return fault === undefined && typeof name === 'string'
		? { lock: name, refusals: [] }
		: { lock: '', refusals: [noName(fault ?? 'it has no name')] };
}

/** n8n evaluates a value that begins with “=”: a hostile name would run as code. */
function faultOf(name: unknown): string | undefined {
	if (typeof name !== 'string' || name.trim() === '') return 'the workflow has no name';
	if (name.startsWith('=')) return 'it begins with “=”, which n8n would evaluate';
	if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'it contains a control character';
	if ([...name.normalize('NFC')].length > MAX_LOCK_NAME)
		return `it has more than ${MAX_LOCK_NAME} characters`;
	return undefined;
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
