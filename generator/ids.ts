import { createHash } from 'node:crypto';

/** A UUID-shaped id that depends on nothing but the names: the same at every run, on every machine. */
export function stableUuid(...path: string[]): string {
	const hex = digest(path).slice(0, 32).split('');
	hex[12] = '5';
	hex[16] = '8';
	const text = hex.join('');
	return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
		'-',
	);
}

/** n8n's workflow ids have 16 letters and digits; a stable one makes a second command-line import an update. */
export function stableWorkflowId(deployment: string, workflowKey: string): string {
	return digest(['workflow', deployment, workflowKey]).slice(0, 16);
}

/** A separator that no key contains keeps ['a', 'b'] and ['ab'] apart. */
function digest(path: string[]): string {
	return createHash('sha256').update(path.join('\u0000')).digest('hex');
}
