import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { inParts } from '../../core';
import { type Action, CallFailure, type RawCall } from './action';
import { readExecutionRef } from './flow';
import { refuseLost } from './lost-executions';
import { errorFields, toNodeError } from './node-error';
import { createServices } from './services';

interface Member {
	index: number;
	item: INodeExecutionData;
	call: RawCall;
}

/** The item loop of every node: groups, performs, pairs outputs with inputs, honours “continue on fail”. */
export async function runActions(
	host: IExecuteFunctions,
	actions: Readonly<Record<string, Action>>,
): Promise<INodeExecutionData[][]> {
	const action = chosen(host, 'operation', actions);
	const outputs: INodeExecutionData[][] = action.outputs.map(() => []);
	const { services, close } = createServices(host);
	const failed = (members: readonly Member[], thrown: unknown) => {
		const [position, error] = thrown instanceof CallFailure ? [thrown.position, thrown.cause] : [0, thrown];
		const nodeError = toNodeError(host.getNode(), error, members[position]?.index ?? 0);
		if (!host.continueOnFail()) throw nodeError;
		for (const { item, index } of members) {
			outputs[0]?.push({ json: failedJson(host, item, errorFields(error)), pairedItem: { item: index } });
		}
	};
	const perform = async (members: readonly Member[]) => {
		try {
			if (!action.alsoWhenLost) for (const { item } of members) refuseLostItem(item.json);
			const emissions = await action.perform(
				members.map(({ call }) => call),
				services,
			);
			members.forEach(({ item, index }, position) => {
				for (const { json, output } of emissions[position] ?? []) {
					const connector = output === undefined ? 0 : action.outputs.indexOf(output);
					outputs[connector]?.push({ json, pairedItem: { item: index }, ...keepBinary(item) });
				}
			});
		} catch (error) {
			if (members.length === 1 || !host.continueOnFail() || !action.isOneCallsFault(error)) {
				failed(members, error);
				return;
			}
			// Halves, so that few that fail cost few attempts.
			const half = Math.ceil(members.length / 2);
			await perform(members.slice(0, half));
			await perform(members.slice(half));
		}
	};
	try {
		const groups = groupItems(host, action, failed);
		if (action.parallel) await allSettled(groups.map(perform));
		else for (const group of groups) await perform(group);
	} finally {
		await close();
	}
	return outputs.map(byInputOrder);
}

/** Items of the Task Trigger name their execution all along the sub-workflow. */
function refuseLostItem(json: IDataObject): void {
	const ref = readExecutionRef(json);
	if (ref !== null) refuseLost(ref);
}

/** What the parameter chooses of the table; the same for all items. */
export function chosen<T>(
	host: IExecuteFunctions,
	parameter: 'resource' | 'operation',
	table: Readonly<Record<string, T>>,
): T {
	const name = String(host.getNodeParameter(parameter, 0));
	const choice = Object.hasOwn(table, name) ? table[name] : undefined;
	if (choice !== undefined) return choice;
	throw new NodeOperationError(host.getNode(), `This node has no ${parameter} “${name}”.`, {
		description: `Choose one of: ${Object.keys(table).join(', ')}.`,
	});
}

/** Reads the parameters of every item; an item whose parameters are wrong fails alone. */
function groupItems(
	host: IExecuteFunctions,
	action: Action,
	failed: (members: readonly Member[], error: unknown) => void,
): Member[][] {
	const groups = new Map<string, Member[]>();
	host.getInputData().forEach((item, index) => {
		const member = { index, item, call: { json: item.json, parameters: {} } };
		try {
			const values = action.parameterNames.map((name) => [name, host.getNodeParameter(name, index)]);
			const call = { json: item.json, parameters: Object.fromEntries(values) };
			const group = action.groupOf(call);
			const key = group === null ? `item ${index}` : `group ${group}`;
			groups.set(key, [...(groups.get(key) ?? []), { ...member, call }]);
		} catch (error) {
			failed([member], error);
		}
	});
	return [...groups.values()].flatMap((members) => inParts(members, ({ call }) => action.shareOf(call)));
}

/** All groups come to their end before the first failure is raised. */
async function allSettled(work: ReadonlyArray<Promise<void>>): Promise<void> {
	const results = await Promise.allSettled(work);
	for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/**
 * n8n sends an item to the error output when its JSON has nothing but `error` and `details`, and then adds what the item
 * was before. An item with an `error` of its own would lose all its JSON but the message.
 */
export function failedJson(
	host: IExecuteFunctions,
	item: INodeExecutionData,
	fields: IDataObject,
): IDataObject {
	return host.getNode().onError === 'continueErrorOutput' ? fields : { ...item.json, ...fields };
}

function keepBinary(item: INodeExecutionData): Pick<INodeExecutionData, 'binary'> {
	return item.binary === undefined ? {} : { binary: item.binary };
}

function byInputOrder(items: INodeExecutionData[]): INodeExecutionData[] {
	const position = ({ pairedItem }: INodeExecutionData) =>
		typeof pairedItem === 'object' && 'item' in pairedItem ? pairedItem.item : 0;
	return [...items].sort((a, b) => position(a) - position(b));
}
