import { OrchestratorError } from '../../core';
import { CREDENTIAL_NAMES, POSTGRES_CREDENTIAL } from '../catalogue';
import type { CredentialName } from '../n8n-api/n8n-api';
import { plain } from '../plain-text';
import { type ForeignNode, type ForeignWorkflow, MUTEX, roleOf } from '../wrap';

/** No credential for the lock nodes, or several and nobody said which. */
export class CredentialChoiceError extends OrchestratorError {
	readonly code = 'MO_CREDENTIAL_CHOICE';
}

/** The credential for the lock nodes: the only one of its type, or the one asked for by id or name. */
export function chooseCredential(
	credentials: readonly CredentialName[],
	asked: string | undefined,
): CredentialName {
	const ours = credentials.filter(({ type }) => type === POSTGRES_CREDENTIAL);
	const fitting = asked === undefined ? ours : ours.filter(({ id, name }) => id === asked || name === asked);
	const [only] = fitting;
	if (only !== undefined && fitting.length === 1) return only;
	if (ours.length === 0) {
		throw new CredentialChoiceError(
			'This n8n has no credential of the type Orchestrator Postgres that the key’s owner may see.',
			`Create one in n8n, named “${CREDENTIAL_NAMES[POSTGRES_CREDENTIAL]}”, then run this again.`,
		);
	}
	const known = ours.map(({ id, name }) => `“${plain(name)}” (${id})`).join(', ');
	const which =
		asked === undefined ? 'several' : fitting.length === 0 ? `none “${asked}”` : `several “${asked}”`;
	throw new CredentialChoiceError(
		`Of the type Orchestrator Postgres this n8n has ${which}: ${known}.`,
		'Name one with --credential and its id.',
	);
}

/** Binds the nodes that wrap inserted and that have no credential yet; everybody else’s stay as they are. */
export function bindTo({ id, name }: CredentialName): (workflow: ForeignWorkflow) => ForeignWorkflow {
	const isOpen = (node: ForeignNode) =>
		node.type === MUTEX && roleOf(node) !== undefined && boundId(node) === null;
	const bind = (node: ForeignNode) => ({ ...node, credentials: { [POSTGRES_CREDENTIAL]: { id, name } } });
	return (workflow) =>
		workflow.nodes.some(isOpen)
			? { ...workflow, nodes: workflow.nodes.map((node) => (isOpen(node) ? bind(node) : node)) }
			: workflow;
}

/** Id of the credential that a lock node uses; null = none. */
export function boundId({ credentials }: ForeignNode): string | null {
	if (typeof credentials !== 'object' || credentials === null) return null;
	const slot: unknown = Object.entries(credentials).find(([type]) => type === POSTGRES_CREDENTIAL)?.[1];
	if (typeof slot !== 'object' || slot === null) return null;
	const id: unknown = Object.entries(slot).find(([key]) => key === 'id')?.[1];
	return typeof id === 'string' && id !== '' ? id : null;
}
