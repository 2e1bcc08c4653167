import type { NodeParameters } from './definition';

/** What the generator knows of a node type. Tests compare it with the real descriptions. */
export interface NodeKind {
	versions: readonly number[];
	trigger: boolean;
	inputs: 0 | 1;
	/** Output names in order; some nodes have other outputs for another operation. */
	outputs: (parameters: NodeParameters) => readonly string[];
	/** Credential types that a node with these parameters must name. */
	credentials: (parameters: NodeParameters) => readonly string[];
	/** Parameters without which the node does nothing sensible. */
	required: readonly string[];
}

/** Prefix of our node types: the package's name, as a community install gives it. */
export const OWN_PACKAGE = 'n8n-nodes-master-orchestrator';
export const STICKY_NOTE = 'n8n-nodes-base.stickyNote';

export const POSTGRES_CREDENTIAL = 'orchestratorPostgres';
export const SIGNING_CREDENTIAL = 'orchestratorSigning';
/** n8n's own. */
export const OPENAI_CREDENTIAL = 'openAiApi';

/**
 * n8n binds an imported slot to the only credential of that type with that name, so the names are fixed. They are those
 * that n8n gives to the first credential of a type: whoever just saves the form has the right one.
 */
export const CREDENTIAL_NAMES: Readonly<Record<string, string>> = {
	[POSTGRES_CREDENTIAL]: 'Orchestrator Postgres account',
	[SIGNING_CREDENTIAL]: 'Orchestrator Signing account',
	[OPENAI_CREDENTIAL]: 'OpenAi account',
};

const MAIN = ['main'] as const;
const POSTGRES = [POSTGRES_CREDENTIAL] as const;
const BOTH = [POSTGRES_CREDENTIAL, SIGNING_CREDENTIAL] as const;

const none = () => [];
const main = () => MAIN;
const postgres = () => POSTGRES;
const both = () => BOTH;

const action = (over: Partial<NodeKind>): NodeKind => ({
	versions: [1],
	trigger: false,
	inputs: 1,
	outputs: main,
	credentials: none,
	required: ['operation'],
	...over,
});
const trigger = (over: Partial<NodeKind>): NodeKind =>
	action({ trigger: true, inputs: 0, required: [], ...over });

/** The outputs of the operation that is set; an operation without branches has one. */
const byOperation =
	(branches: Record<string, readonly string[]>) =>
	({ operation }: NodeParameters): readonly string[] =>
		(typeof operation === 'string' ? branches[operation] : undefined) ?? MAIN;

const OWN: Record<string, NodeKind> = {
	intelligentScheduler: action({
		outputs: byOperation({ takeSlot: ['won', 'lost'], plan: ['ready', 'throttled', 'idle'] }),
		credentials: postgres,
	}),
	priorityQueueManager: action({
		outputs: byOperation({ claim: ['claimed', 'nothing'] }),
		credentials: postgres,
	}),
	resourceManager: action({ credentials: postgres }),
	stateMachineController: action({ credentials: postgres }),
	dispatcher: action({ credentials: both, required: ['operation', 'deployment'] }),
	taskTrigger: trigger({ credentials: both, required: ['deployment', 'workflowType'] }),
	taskReport: action({ credentials: () => [SIGNING_CREDENTIAL], required: ['operation', 'outcome'] }),
	callbackReceiver: trigger({ credentials: both, required: ['deployment'] }),
	orchestratorTrigger: trigger({ credentials: postgres }),
	workflowMutex: action({
		outputs: byOperation({ acquire: ['acquired', 'busy'], ensure: ['acquired', 'busy'] }),
		credentials: postgres,
		required: ['operation', 'lock'],
	}),
	// Its credential is the operator's choice: a slot that n8n cannot fill would keep the workflow from being published.
	llmCall: action({ required: ['operation', 'model', 'prompt', 'maxTokens', 'outputField'] }),
	contentArticle: action({
		credentials: ({ operation }) => (operation === 'publish' ? POSTGRES : []),
	}),
};

const BASE: Record<string, NodeKind> = {
	manualTrigger: trigger({}),
	errorTrigger: trigger({}),
	scheduleTrigger: trigger({ versions: [1.3], required: ['rule'] }),
	httpRequest: action({
		versions: [4.2],
		credentials: ({ nodeCredentialType: type }) => (typeof type === 'string' ? [type] : []),
		required: ['method', 'url'],
	}),
	set: action({ versions: [3.4], required: ['assignments'] }),
	splitOut: action({ required: ['fieldToSplitOut'] }),
	summarize: action({ versions: [1.1], required: ['fieldsToSummarize'] }),
	filter: action({ versions: [2.2], required: ['conditions'] }),
	markdown: action({ required: ['mode', 'markdown'] }),
	wait: action({ versions: [1.1], required: ['amount'] }),
	noOp: action({ required: [] }),
	stickyNote: trigger({ trigger: false, outputs: none, required: ['content', 'height', 'width', 'color'] }),
};

/** Every node type that a generated workflow may use, by its full name. */
export const CATALOGUE: ReadonlyMap<string, NodeKind> = new Map([
	...Object.entries(OWN).map(([name, kind]): [string, NodeKind] => [`${OWN_PACKAGE}.${name}`, kind]),
	...Object.entries(BASE).map(([name, kind]): [string, NodeKind] => [`n8n-nodes-base.${name}`, kind]),
]);

/** Names of the main outputs of one node, its error output last. */
export function outputNames(node: { type: string; parameters: NodeParameters; onError?: string }): string[] {
	const names = CATALOGUE.get(node.type)?.outputs(node.parameters) ?? [];
	return node.onError === 'continueErrorOutput' ? [...names, 'error'] : [...names];
}
