import type { NodeParameters, WorkflowSettings } from './definition';

/** One node as n8n stores it. */
export interface NodeJson {
	parameters: NodeParameters;
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [x: number, y: number];
	webhookId?: string;
	credentials?: Record<string, { name: string }>;
	onError?: string;
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
