import type { IDataObject } from 'n8n-workflow';
import type { z } from 'zod/v4';
import type {
	Clock,
	LlmAccesses,
	LlmAnswer,
	LlmRequest,
	N8nAccess,
	Orchestrator,
	SigningSecret,
} from '../../core';
import { parseParameters } from './parameter-error';

/** What an action may use beside its parameters. Databases and secrets are opened at first use. */
export interface Services {
	orchestrator(): Promise<Orchestrator>;
	secrets(): Promise<SigningSecret[]>;
	/** The node's credential for language models; null = none is chosen. */
	llm(): Promise<LlmAccesses | null>;
	/** The node's credential for n8n's public API; null = none is chosen. */
	n8nApi(): Promise<N8nAccess | null>;
	/** POSTs JSON through n8n, so that its proxy settings hold; rejects when nothing came back. */
	post(request: LlmRequest & { timeoutMs: number }): Promise<LlmAnswer>;
	readonly clock: Clock;
	/** Rejects when n8n cancels the execution. */
	sleep(ms: number): Promise<void>;
	/** The n8n execution that runs the node. */
	readonly executionId: string;
	/** n8n's instance id, the same in all of its processes: ids of executions are unique only inside one n8n. */
	readonly instanceId: string;
	/** Instance and n8n execution, for logs and ownership. */
	readonly owner: string;
	/** Workflow and n8n execution in words, for whatever the database writes down of a person's order. */
	readonly actor: string;
	/** Zone of the workflow: the editor's dates have none. */
	readonly timezone: string;
	/** Started by hand in the editor. */
	readonly manual: boolean;
}

/** One input item with the parameters as they resolve for it. */
export interface Call<P> {
	readonly parameters: P;
	readonly json: IDataObject;
}

/** One outgoing item. `output` is one of the action's named outputs; the first when left out. */
export interface Emission {
	json: IDataObject;
	output?: string;
}

/** A call before its parameters are parsed. */
export type RawCall = Call<unknown>;

/**
 * One operation of a node. Calls of one group are performed together, once a group; the answer has one list of
 * emissions per call. Actions never see an item index: pairing and errors belong to `runActions`.
 */
export interface Action {
	/** Names of the n8n parameters that it reads. */
	readonly parameterNames: readonly string[];
	/** Named outputs in the order of the node's connectors. */
	readonly outputs: readonly string[];
	/** Groups run at the same time; the action paces itself. */
	readonly parallel: boolean;
	/** How much of a group a call takes up: calls of more than 1 together are several groups. */
	shareOf(call: RawCall): number;
	/** Such a failure of a group is one call's fault, and nothing was done: its calls may be performed again, apart. */
	isOneCallsFault(error: unknown): boolean;
	/** Performed even for an execution that was taken away; else such items fail before it. */
	readonly alsoWhenLost: boolean;
	/** Null: the call stands for itself. Throws when the call's parameters are wrong. */
	groupOf(call: RawCall): string | null;
	perform(calls: readonly RawCall[], services: Services): Promise<Emission[][]>;
}

interface Shape<S extends z.ZodObject> {
	/** Its keys are the n8n parameters. */
	parameters: S;
	outputs?: readonly string[];
	parallel?: boolean;
	alsoWhenLost?: boolean;
	isOneCallsFault?(error: unknown): boolean;
}

/** Thrown by an action that knows whose fault it is: the place of the call among those of its group. */
export class CallFailure extends Error {
	constructor(
		readonly position: number,
		override readonly cause: unknown,
	) {
		super('one call of a group failed');
	}
}

/** What fails in `work` is the fault of the call at `position`. */
export async function onBehalfOf<T>(position: number, work: () => T): Promise<T> {
	return Promise.resolve()
		.then(work)
		.catch(async (cause: unknown) => Promise.reject(new CallFailure(position, cause)));
}

/** An action for each item on its own. */
export function defineAction<S extends z.ZodObject>(
	shape: Shape<S> & { perform(call: Call<z.output<S>>, services: Services): Promise<Emission | Emission[]> },
): Action {
	return build(
		shape,
		() => null,
		async (calls, services) => {
			const emissions: Emission[][] = [];
			for (const call of calls) emissions.push([await shape.perform(call, services)].flat());
			return emissions;
		},
	);
}

/** An action done once for all items of a group, with the first one; then every item is passed on with its result. */
export function defineOnce<S extends z.ZodObject>(
	shape: Shape<S> & {
		groupOf(call: Call<z.output<S>>): string;
		perform(call: Call<z.output<S>>, services: Services): Promise<(json: IDataObject) => Emission>;
	},
): Action {
	return build(shape, shape.groupOf, async (calls, services) => {
		const [first] = calls;
		if (first === undefined) return [];
		const passOn = await shape.perform(first, services);
		return calls.map((call) => [passOn(call.json)]);
	});
}

/** An action that needs all items of a group at a time. */
export function defineGroupAction<S extends z.ZodObject>(
	shape: Shape<S> & {
		groupOf(call: Call<z.output<S>>): string;
		shareOf?(call: Call<z.output<S>>): number;
		perform(calls: ReadonlyArray<Call<z.output<S>>>, services: Services): Promise<Emission[][]>;
	},
): Action {
	return build(shape, shape.groupOf, shape.perform, shape.shareOf);
}

function build<S extends z.ZodObject>(
	shape: Shape<S>,
	groupOf: (call: Call<z.output<S>>) => string | null,
	perform: (calls: ReadonlyArray<Call<z.output<S>>>, services: Services) => Promise<Emission[][]>,
	shareOf: (call: Call<z.output<S>>) => number = () => 0,
): Action {
	const parse = (call: RawCall) => ({
		json: call.json,
		parameters: parseParameters(shape.parameters, call.parameters),
	});
	return {
		parameterNames: Object.keys(shape.parameters.shape),
		outputs: shape.outputs ?? ['main'],
		parallel: shape.parallel ?? false,
		alsoWhenLost: shape.alsoWhenLost ?? false,
		shareOf: (call) => shareOf(parse(call)),
		isOneCallsFault: (error) => shape.isOneCallsFault?.(error) ?? false,
		groupOf: (call) => groupOf(parse(call)),
		perform: async (calls, services) => await perform(calls.map(parse), services),
	};
}
