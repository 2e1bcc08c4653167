import type { NodeParameters, WorkflowSettings } from './definition';

/** `null` asks n8n to bind by name; without the key its editor throws the slot away at import. */
export interface CredentialSlot {
	id: null;
	name: string;
}

/** One node as n8n stores it. */
export interface NodeJson {
	parameters: NodeParameters;
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [x: number, y: number];
	webhookId?: string;
	credentials?: Record<string, CredentialSlot>;
	onError?: string;
	disabled?: true;
	notes?: string;
}

export interface TargetJson {
	node: string;
	type: 'main';
	index: number;
}

/** A workflow file as n8n imports it. Never pinned data, never a reference to another workflow's id. */
export interface WorkflowJson {
	id: string;
	name: string;
	nodes: NodeJson[];
	connections: Record<string, { main: TargetJson[][] }>;
	active: false;
	settings: WorkflowSettings;
}
