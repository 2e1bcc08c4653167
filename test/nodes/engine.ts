import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core writes a key file at import time: it must not land in the developer's home.
process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'orchestrator-n8n-'));

import { Container } from '@n8n/di';
import { ExecutionLifecycleHooks, InstanceSettings, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IRun,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
	NodeConnectionTypes,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { createOrchestrator } from '../../core';
import { CallbackReceiver } from '../../nodes/CallbackReceiver/CallbackReceiver.node';
import { ContentArticle } from '../../nodes/ContentArticle/ContentArticle.node';
import { Dispatcher } from '../../nodes/Dispatcher/Dispatcher.node';
import { IntelligentScheduler } from '../../nodes/IntelligentScheduler/IntelligentScheduler.node';
import { LlmCall } from '../../nodes/LlmCall/LlmCall.node';
import { OrchestratorTrigger } from '../../nodes/OrchestratorTrigger/OrchestratorTrigger.node';
import { PriorityQueueManager } from '../../nodes/PriorityQueueManager/PriorityQueueManager.node';
import { ResourceManager } from '../../nodes/ResourceManager/ResourceManager.node';
import { StateMachineController } from '../../nodes/StateMachineController/StateMachineController.node';
import { TaskReport } from '../../nodes/TaskReport/TaskReport.node';
import { TaskTrigger } from '../../nodes/TaskTrigger/TaskTrigger.node';
import { WorkflowMutex } from '../../nodes/WorkflowMutex/WorkflowMutex.node';
import { decodePostgres } from '../../nodes/shared/credentials';

/** The engine of these tests is an n8n of its own. */
export const INSTANCE_ID = Container.get(InstanceSettings).instanceId;
export const SECRET = 'a test secret of more than 24 characters';

const ours: INodeType[] = [
	new CallbackReceiver(),
	new ContentArticle(),
	new Dispatcher(),
	new IntelligentScheduler(),
	new LlmCall(),
	new OrchestratorTrigger(),
	new PriorityQueueManager(),
	new ResourceManager(),
	new StateMachineController(),
	new TaskReport(),
	new TaskTrigger(),
	new WorkflowMutex(),
];

/** Stands for whatever node comes before: passes its input on. */
export const source: INodeType = {
	description: {
		displayName: 'Source',
		name: 'source',
		group: ['input'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

/** Stands for work that fails. */
const broken: INodeType = {
	...source,
	description: { ...source.description, name: 'broken' },
	async execute() {
		throw new Error('the model does not answer');
	},
};

const types = new Map([...ours, source, broken].map((type) => [type.description.name, type]));
/** For a test's own node. */
export function addNodeType(type: INodeType): void {
	types.set(type.description.name, type);
}

const nodeTypes = {
	getByName: (name: string) => typeOf(name),
	getByNameAndVersion: (name: string) => typeOf(name),
	getKnownTypes: () => ({}),
};

function typeOf(name: string): INodeType {
	const type = types.get(name);
	if (!type) throw new Error(`no such node type: ${name}`);
	return type;
}

export interface NodeSpec {
	type: string;
	parameters?: INodeParameters;
	onError?: INode['onError'];
	credentials?: Record<string, ICredentialDataDecryptedObject>;
}

export interface EngineOptions {
	/** Address of the database that the Postgres credential points to. */
	url: string;
	mode?: WorkflowExecuteMode;
	secret?: string;
	executionId?: string;
	/** Fields of the Orchestrator LLM credential; without them the nodes have none. */
	llm?: ICredentialDataDecryptedObject;
	/** Fields of the Orchestrator n8n API credential; without them the nodes have none. */
	n8nApi?: ICredentialDataDecryptedObject;
	/** Executions that called this one, nearest first. */
	callers?: string[];
}

/** Fields of the Orchestrator Postgres credential for an address. */
export function postgresFields(address: string): ICredentialDataDecryptedObject {
	const url = new URL(address);
	return {
		host: url.hostname,
		port: Number(url.port),
		database: url.pathname.slice(1),
		user: decodeURIComponent(url.username),
		password: decodeURIComponent(url.password),
		ssl: 'disable',
	};
}

export function additionalDataFor({
	url,
	secret = SECRET,
	executionId = '4711',
	llm,
	n8nApi,
	callers = [],
}: EngineOptions) {
	const fields: Record<string, ICredentialDataDecryptedObject> = {
		orchestratorPostgres: postgresFields(url),
		orchestratorSigning: { secret, previousSecret: '' },
		...(llm === undefined ? {} : { orchestratorLlm: llm }),
		...(n8nApi === undefined ? {} : { orchestratorN8nApi: n8nApi }),
	};
	const base = 'http://127.0.0.1:5678';
	const data = {
		executionId,
		currentNodeExecutionIndex: 0,
		restApiUrl: base,
		instanceBaseUrl: base,
		webhookBaseUrl: `${base}/webhook`,
		webhookWaitingBaseUrl: base,
		webhookTestBaseUrl: `${base}/webhook-test`,
		formBaseUrl: base,
		formWaitingBaseUrl: base,
		formTestBaseUrl: base,
		mcpBaseUrl: base,
		mcpTestBaseUrl: base,
		variables: {},
		/** n8n's own record of an execution, as far as our nodes read it. */
		getRunExecutionData: async (id: string) => ({
			parentExecution: callerOf(callers, callers.indexOf(id) + 1),
		}),
		credentialsHelper: {
			isCredentialUsableByNode: () => true,
			getParentTypes: () => [],
			getCredentialsProperties: () => [],
			getDecrypted: async (_data: unknown, _details: unknown, type: string) => fields[type],
		},
	};
	return data as unknown as IWorkflowExecuteAdditionalData;
}

function callerOf(callers: string[], position: number) {
	const executionId = callers[position];
	return executionId === undefined ? undefined : { executionId, workflowId: `wf of ${executionId}` };
}

/** A chain of nodes behind a “Task Trigger” that passes the given items on; connected by their first outputs. */
export function workflowOf(
	specs: Array<NodeSpec & { name: string }>,
	{ llm, n8nApi, id = 'wf' }: Pick<EngineOptions, 'llm' | 'n8nApi'> & { id?: string } = {},
): Workflow {
	const nodes = specs.map(({ name, type, parameters = {}, onError }, position): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [position * 200, 0],
		parameters,
		...(onError === undefined ? {} : { onError }),
		credentials: {
			orchestratorPostgres: { id: '1', name: 'Orchestrator Postgres' },
			orchestratorSigning: { id: '2', name: 'Orchestrator Signing' },
			...(llm === undefined ? {} : { orchestratorLlm: { id: '3', name: 'Orchestrator LLM' } }),
			...(n8nApi === undefined ? {} : { orchestratorN8nApi: { id: '4', name: 'Orchestrator n8n API' } }),
		},
	}));
	const connections: IConnections = {};
	specs.slice(1).forEach(({ name }, index) => {
		const before = specs[index]?.name ?? '';
		connections[before] = { main: [[{ node: name, type: NodeConnectionTypes.Main, index: 0 }]] };
	});
	return new Workflow({
		id,
		name: `Workflow ${id}`,
		nodes,
		connections,
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1' },
	});
}

/** Runs the whole chain in n8n's own engine, with the items as input of its first node. */
export async function runWorkflow(
	workflow: Workflow,
	items: INodeExecutionData[],
	options: EngineOptions,
): Promise<IRun> {
	return await startWorkflow(workflow, items, options);
}

/** The same, with the hand to stop it (`cancel`), as n8n's Stop button does. */
export function startWorkflow(
	workflow: Workflow,
	items: INodeExecutionData[],
	options: EngineOptions,
): ReturnType<WorkflowExecute['processRunExecutionData']> {
	const first = Object.values(workflow.nodes)[0];
	if (first === undefined) throw new Error('a workflow needs a node');
	const parentExecution = callerOf(options.callers ?? [], 0);
	const runData = createRunExecutionData({
		...(parentExecution === undefined ? {} : { parentExecution }),
		executionData: { nodeExecutionStack: [{ node: first, data: { main: [items] }, source: null }] },
	});
	return resumeWorkflow(workflow, runData, options);
}

/** Goes on with a parked execution, or begins one with prepared data. */
export function resumeWorkflow(
	workflow: Workflow,
	runData: IRunExecutionData,
	options: EngineOptions,
): ReturnType<WorkflowExecute['processRunExecutionData']> {
	const mode = options.mode ?? 'trigger';
	const additionalData = additionalDataFor(options);
	const { id, name, active, connectionsBySourceNode: connections } = workflow;
	const now = new Date();
	additionalData.hooks = new ExecutionLifecycleHooks(mode, additionalData.executionId ?? '', {
		id,
		name: name ?? '',
		active,
		isArchived: false,
		activeVersionId: null,
		nodes: Object.values(workflow.nodes),
		connections,
		createdAt: now,
		updatedAt: now,
	});
	return new WorkflowExecute(additionalData, mode, runData).processRunExecutionData(workflow);
}

export interface NodeRun {
	/** Items per named output. */
	outputs: INodeExecutionData[][];
	/** JSON of the first output. */
	json: IDataObject[];
	error: { message: string; description?: string; itemIndex?: number } | null;
}

/** Runs one node behind a source named “Task Trigger”. */
export async function runNode(
	spec: NodeSpec,
	input: IDataObject[],
	options: EngineOptions,
): Promise<NodeRun> {
	const workflow = workflowOf(
		[
			{ name: 'Task Trigger', type: 'source' },
			{ name: 'Node', ...spec },
		],
		options,
	);
	const run = await runWorkflow(
		workflow,
		input.map((json, item) => ({ json, pairedItem: { item } })),
		options,
	);
	return readNode(run, 'Node');
}

export function readNode(run: IRun, name: string): NodeRun {
	const last = run.data.resultData.runData[name]?.[0];
	const outputs = (last?.data?.main ?? []).map((items) => items ?? []);
	const error = last?.error ?? (last === undefined ? run.data.resultData.error : undefined);
	if (error === undefined) return { outputs, json: (outputs[0] ?? []).map((item) => item.json), error: null };
	const { message, description } = error;
	const itemIndex = 'context' in error ? Number(error.context.itemIndex) : undefined;
	return {
		outputs,
		json: [],
		error: {
			message,
			...(description ? { description } : {}),
			...(itemIndex === undefined ? {} : { itemIndex }),
		},
	};
}

/** Ends the pool that the nodes of this process share for a database, which otherwise lingers for the next node. */
export async function endNodePool(url: string): Promise<void> {
	await createOrchestrator({ connection: decodePostgres(postgresFields(url)), poolLingerMs: 0 }).close();
}
