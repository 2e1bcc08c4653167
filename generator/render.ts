import { CREDENTIAL_NAMES, outputNames, STICKY_NOTE } from './catalogue';
import type { EdgeDefinition, NodeDefinition, RegionDefinition, WorkflowDefinition } from './definition';
import type { Box, Point } from './geometry';
import { stableUuid, stableWorkflowId } from './ids';
import { layOut } from './layout';
import { noteMarkdown } from './note-text';
import type { CredentialSlot, NodeJson, TargetJson, WorkflowJson } from './workflow-json';

/** Definition to n8n's JSON: the same input gives the same object with the same key order. */
export function render(definition: WorkflowDefinition, deployment: string): WorkflowJson {
	const layout = layOut(
		definition.regions,
		definition.nodes.map((node) => ({ ...node, outputs: outputNames(node).length })),
		definition.edges,
	);
	const notes = definition.regions.map((region) =>
		renderNote(definition.key, region, found(layout.notes, region.key)),
	);
	const nodes = definition.nodes.map((node) =>
		renderNode(definition.key, deployment, node, found(layout.nodes, node.key)),
	);
	return {
		id: stableWorkflowId(deployment, definition.key),
		name: definition.name,
		nodes: [...notes, ...nodes],
		connections: renderConnections(definition),
		active: false,
		settings: definition.settings,
	};
}

/** The bytes of the file: two-space JSON and one newline, as n8n exports it. */
export function toFileText(workflow: WorkflowJson): string {
	return `${JSON.stringify(workflow, null, 2)}\n`;
}

function renderNode(workflow: string, deployment: string, node: NodeDefinition, at: Point): NodeJson {
	return {
		parameters: node.parameters,
		id: stableUuid('node', workflow, node.key),
		name: node.name,
		type: node.type,
		typeVersion: node.typeVersion,
		position: [at.x, at.y],
		...(receivesWebhooks(node) ? { webhookId: stableUuid('webhook', deployment, workflow, node.key) } : {}),
		...(node.credentials?.length ? { credentials: credentialSlots(node.credentials) } : {}),
		...(node.onError ? { onError: node.onError } : {}),
		...(node.disabled ? { disabled: node.disabled } : {}),
		...(node.notes ? { notes: node.notes } : {}),
	};
}

function renderNote(workflow: string, region: RegionDefinition, box: Box): NodeJson {
	return {
		parameters: {
			content: noteMarkdown(region.title, region.text),
			height: box.height,
			width: box.width,
			color: region.color,
		},
		id: stableUuid('note', workflow, region.key),
		name: `Note: ${region.title}`,
		type: STICKY_NOTE,
		typeVersion: 1,
		position: [box.x, box.y],
	};
}

/** A name and no id: n8n's import binds it to the operator's credential of that type and name. */
function credentialSlots(types: readonly string[]): Record<string, CredentialSlot> {
	return Object.fromEntries(types.map((type) => [type, { id: null, name: CREDENTIAL_NAMES[type] ?? type }]));
}

function receivesWebhooks({ type }: NodeDefinition): boolean {
	return type.endsWith('.taskTrigger') || type.endsWith('.callbackReceiver');
}

function renderConnections(definition: WorkflowDefinition): WorkflowJson['connections'] {
	const connections: WorkflowJson['connections'] = {};
	for (const node of definition.nodes) {
		const own = definition.edges.filter((edge) => edge.from === node.key);
		if (own.length > 0) connections[node.name] = { main: outputsOf(definition, node, own) };
	}
	const stray = definition.edges.find((edge) => !definition.nodes.some((node) => node.key === edge.from));
	if (stray) throw new Error(`${definition.key}: an edge starts at the unknown node “${stray.from}”.`);
	return connections;
}

function outputsOf(
	definition: WorkflowDefinition,
	node: NodeDefinition,
	edges: EdgeDefinition[],
): TargetJson[][] {
	const names = outputNames(node);
	const outputs: TargetJson[][] = [];
	for (const edge of edges) {
		const index = edge.output === undefined ? 0 : names.indexOf(edge.output);
		if (index < 0) {
			const have = names.join(', ');
			throw new Error(`${definition.key}: “${node.key}” has no output “${edge.output}”, only ${have}.`);
		}
		const target = definition.nodes.find((other) => other.key === edge.to);
		if (!target) throw new Error(`${definition.key}: an edge ends at the unknown node “${edge.to}”.`);
		while (outputs.length <= index) outputs.push([]);
		outputs[index]?.push({ node: target.name, type: 'main', index: 0 });
	}
	return outputs;
}

function found<T>(map: Map<string, T>, key: string): T {
	const value = map.get(key);
	if (value === undefined)
		throw new Error(`“${key}” has no place: a region without nodes, or a node in an unknown region.`);
	return value;
}
