import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core writes a key file at import time: it must not land in the developer's home.
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'orchestrator-n8n-'));
process.env.N8N_LOG_LEVEL = 'silent';

import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	NodeConnectionTypes,
	NodeOperationError,
	Workflow,
} from 'n8n-workflow';
import type { ForeignWorkflow } from '../../generator/wrap/foreign-workflow';

type Execute = (this: IExecuteFunctions) => Promise<Array<INodeExecutionData[] | null>>;

const { Main } = NodeConnectionTypes;

function typeOf(name: string, execute: Execute, { inputs = 1, outputs = 1 } = {}): INodeType {
	return {
		description: {
			displayName: name,
			name,
			group: inputs === 0 ? ['trigger'] : ['transform'],
			version: [1, 1.1, 2, 3],
			description: '',
			defaults: {},
			inputs: Array.from({ length: inputs }, () => Main),
			outputs: Array.from({ length: outputs }, () => Main),
			properties: [],
		},
		execute,
	} as unknown as INodeType;
}

/** What an expression in this node would read of the triggers: by pairing, and by the old `$node`. */
function lookBack(context: IExecuteFunctions, item: number): Record<string, unknown> {
	const proxy = context.getWorkflowDataProxy(item);
	const dollar = proxy.$ as (name: string) => { item?: INodeExecutionData; all: () => INodeExecutionData[] };
	const seen = (look: () => unknown): unknown => {
		try {
			return JSON.stringify(look()) ?? null;
		} catch (error) {
			return `error: ${error instanceof Error ? error.message : String(error)}`;
		}
	};
	const starts = ['Start 0', 'Start 1', 'Start 2'];
	return Object.fromEntries(
		starts.flatMap((name) => [
			[`${name}.item`, seen(() => dollar(name).item?.json.n)],
			[
				`${name}.all`,
				seen(() =>
					dollar(name)
						.all()
						.map((each: INodeExecutionData) => each.json.n),
				),
			],
			[`${name}.node`, seen(() => proxy.$node[name].json.n)],
		]),
	);
}

const pass: Execute = async function () {
	return [this.getInputData()];
};

/** Writes its name into each item, and what it can see of the triggers. */
const mark: Execute = async function () {
	const { name } = this.getNode();
	return [
		this.getInputData().map((item, index) => ({
			json: {
				...item.json,
				trail: `${String(item.json.trail ?? '')}>${name}`,
				sees: JSON.stringify(lookBack(this, index)),
			},
			...(item.binary ? { binary: item.binary } : {}),
			pairedItem: { item: index },
		})),
	];
};

const byParity: Execute = async function () {
	const items = this.getInputData().map((item, index) => ({ ...item, pairedItem: { item: index } }));
	return [
		items.filter(({ json }) => Number(json.n) % 2 === 0),
		items.filter(({ json }) => Number(json.n) % 2 !== 0),
	];
};

/** Every third item fails; n8n sends those to the error output when there is one. */
const request: Execute = async function () {
	return [
		this.getInputData().map((item, index) => ({
			json:
				Number(item.json.n) % 3 === 2 ? { error: 'refused' } : { ...item.json, asked: this.getNode().name },
			pairedItem: { item: index },
		})),
	];
};

const append: Execute = async function () {
	return [
		[0, 1].flatMap((input) =>
			(this.getInputData(input) ?? []).map((item, index) => ({
				...item,
				pairedItem: { item: index, input },
			})),
		),
	];
};

/** Two rounds of the loop, then done; a “done” that leads back into the loop ends all the same. */
const loop: Execute = async function () {
	const { $runIndex } = this.getWorkflowDataProxy(0);
	const items = this.getInputData().map((item, index) => ({ ...item, pairedItem: { item: index } }));
	const round = Number($runIndex);
	if (round > 3) return [[], []];
	return round < 2 ? [[], items] : [items, []];
};

const fail: Execute = async function () {
	if (this.getInputData().some(({ json }) => json.n === 0))
		throw new NodeOperationError(this.getNode(), 'this step fails', { level: 'info' });
	return [this.getInputData()];
};

/** As our node behaves: all items go on, unchanged, by the first of two outputs. */
const mutex: Execute = async function () {
	const items = this.getInputData();
	return items.length === 0 ? [[], []] : busy ? [[], items] : [items, []];
};
let busy = false;

const TYPES: ReadonlyMap<string, INodeType> = new Map([
	['set', typeOf('set', mark)],
	['httpRequest', typeOf('httpRequest', request)],
	['if', typeOf('if', byParity, { outputs: 2 })],
	['merge', typeOf('merge', append, { inputs: 2 })],
	['splitInBatches', typeOf('splitInBatches', loop, { outputs: 2 })],
	['failing', typeOf('failing', fail)],
	['workflowMutex', typeOf('workflowMutex', mutex, { outputs: 2 })],
	['any', typeOf('any', pass)],
	['trigger', typeOf('trigger', pass, { inputs: 0 })],
]);

function find(type: string): INodeType {
	const name = type.slice(type.lastIndexOf('.') + 1);
	const kind = /trigger$|^(webhook|cron)$/i.test(name) ? 'trigger' : name;
	return TYPES.get(kind) ?? TYPES.get('any')!;
}

const nodeTypes = { getByName: find, getByNameAndVersion: find, getKnownTypes: () => ({}) };

function additionalData(): IWorkflowExecuteAdditionalData {
	const base = 'http://127.0.0.1:5678';
	return {
		executionId: '1',
		currentNodeExecutionIndex: 0,
		restApiUrl: base,
		instanceBaseUrl: base,
		webhookBaseUrl: base,
		webhookWaitingBaseUrl: base,
		webhookTestBaseUrl: base,
		formBaseUrl: base,
		formWaitingBaseUrl: base,
		formTestBaseUrl: base,
		mcpBaseUrl: base,
		mcpTestBaseUrl: base,
		variables: {},
		credentialsHelper: {
			isCredentialUsableByNode: () => true,
			getParentTypes: () => [],
			getCredentialsProperties: () => [],
		},
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** Runs a workflow from one trigger on n8n’s own engine. Node types are stand-ins that behave as far as the flow goes. */
export async function runFrom(
	source: ForeignWorkflow,
	start: string,
	count: number,
	{ locksBusy = false } = {},
): Promise<IRun> {
	busy = locksBusy;
	const nodes = structuredClone(source.nodes).map((node, index) => ({
		...node,
		id: String(index),
	})) as unknown as INode[];
	const workflow = new Workflow({
		id: 'wf',
		name: 'Graph',
		nodes,
		connections: structuredClone(source.connections) as never,
		active: false,
		nodeTypes,
		settings: structuredClone(source.settings ?? {}) as never,
	});
	const data = additionalData();
	const now = new Date();
	data.hooks = new ExecutionLifecycleHooks('trigger', '1', {
		id: 'wf',
		name: 'Graph',
		active: false,
		isArchived: false,
		activeVersionId: null,
		nodes,
		connections: workflow.connectionsBySourceNode,
		createdAt: now,
		updatedAt: now,
	});
	const items = Array.from({ length: count }, (_, n): INodeExecutionData => ({
		json: { n },
		binary: { file: { data: Buffer.from(String(n)).toString('base64'), mimeType: 'text/plain' } },
		pairedItem: { item: 0 },
	}));
	const node = workflow.getNode(start);
	if (node === null) throw new Error(`no node ${start}`);
	const run = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node, data: { main: [items] }, source: null }] },
	});
	return await new WorkflowExecute(data, 'trigger', run).processRunExecutionData(workflow);
}

/** What happened at the nodes that `counts` lets through: each run in order, with its items, pairing and errors. */
export function happenings(run: IRun, counts: (node: string) => boolean): unknown[] {
	return Object.entries(run.data.resultData.runData)
		.filter(([name]) => counts(name))
		.flatMap(([name, runs]) =>
			runs.map(({ data, error, executionStatus, executionIndex }, index) => ({
				name,
				index,
				executionIndex,
				status: executionStatus,
				error: error?.message,
				outputs: data?.main?.map((items) =>
					(items ?? []).map(({ json, pairedItem, binary }) => ({ json, pairedItem, binary })),
				),
			})),
		)
		.sort((a, b) => a.executionIndex - b.executionIndex)
		.map(({ executionIndex: _order, ...happened }) => happened);
}
