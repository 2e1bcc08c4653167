import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod/v4';
import { OWN_PACKAGE } from '../generator/catalogue';
import { HostError } from './host-error';

const node = z.looseObject({
	name: z.string(),
	type: z.string(),
	parameters: z.record(z.string(), z.unknown()).default({}),
	credentials: z.record(z.string(), z.looseObject({ name: z.string() })).optional(),
});
const workflow = z.looseObject({
	name: z.string(),
	nodes: z.array(node),
	connections: z.record(z.string(), z.unknown()),
	settings: z.record(z.string(), z.unknown()).default({}),
});
type WorkflowNode = z.infer<typeof node>;
export type WorkflowFile = z.infer<typeof workflow>;

/** Generated files leave these slots empty, because n8n publishes no workflow whose slot it cannot fill; a host has them. */
export const LLM_CREDENTIAL = { type: 'orchestratorLlm', name: 'Orchestrator LLM' } as const;
export const N8N_API_CREDENTIAL = {
	type: 'orchestratorN8nApi',
	name: 'Orchestrator n8n API account',
} as const;
const OPEN_SLOTS = [
	{ credential: LLM_CREDENTIAL, isOf: ({ type }: WorkflowNode) => type === `${OWN_PACKAGE}.llmCall` },
	{
		credential: N8N_API_CREDENTIAL,
		isOf: ({ type, parameters }: WorkflowNode) =>
			type === `${OWN_PACKAGE}.stateMachineController` && parameters.operation === 'stopZombies',
	},
];

/** Ids of credentials by their type and name. */
export type CredentialIds = (type: string, name: string) => string | null;

/** A workflow under its file's name without `.json`, e.g. `master-orchestrator`. */
export interface NamedWorkflow {
	key: string;
	workflow: WorkflowFile;
}

export const parseWorkflow = (json: unknown): WorkflowFile => workflow.parse(json);

/** Every workflow of a folder, by file name. */
export async function readWorkflows(folder: string): Promise<NamedWorkflow[]> {
	const files = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
	return Promise.all(
		files.map(async (file) => ({
			key: basename(file, '.json'),
			workflow: parseWorkflow(JSON.parse(await readFile(join(folder, file), 'utf8'))),
		})),
	);
}

/** What the public API takes: no ids, no pinned data; credentials bound by id, errors sent to the error workflow. */
export function bodyOf(file: WorkflowFile, bind: { credentials: CredentialIds; errorWorkflow?: string }) {
	return {
		name: file.name,
		nodes: file.nodes.map((item) => withCredentials(item, bind.credentials)),
		connections: file.connections,
		settings: { ...file.settings, ...(bind.errorWorkflow && { errorWorkflow: bind.errorWorkflow }) },
	};
}

function withCredentials(item: WorkflowNode, idOf: CredentialIds) {
	const open = OPEN_SLOTS.filter(
		({ credential: { type, name }, isOf }) => isOf(item) && idOf(type, name) !== null,
	);
	const slots: Record<string, { name: string }> = {
		...Object.fromEntries(open.map(({ credential }) => [credential.type, credential])),
		...item.credentials,
	};
	const bound = Object.entries(slots).map(([type, reference]) => {
		const id = idOf(type, reference.name);
		if (id === null) {
			throw new HostError(
				`The node “${item.name}” needs the credential “${reference.name}” (${type}), which does not exist.`,
				'Name the credential as the other generated workflows do, or create it first.',
			);
		}
		return [type, { id, name: reference.name }];
	});
	return bound.length === 0 ? item : { ...item, credentials: Object.fromEntries(bound) };
}
