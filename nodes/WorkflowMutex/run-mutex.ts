import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import type { MutexAnswer } from '../../core';
import { toJson } from '../shared/json';
import { errorFields, toNodeError } from '../shared/node-error';
import { failedJson, runActions } from '../shared/run-actions';
import { acquireLock, type Mode } from './acquire-lock';
import { inspect } from './actions/inspect';
import { readAcquire, readRelease } from './parameters';
import { releaseLock } from './release-lock';

/** Positions of Acquire's and Ensure's outputs. */
const BUSY = 1;

/** Runs the chosen operation once for all items; they pass through as they are. */
export async function runMutex(host: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const operation = String(host.getNodeParameter('operation', 0));
	switch (operation) {
		case 'acquire':
		case 'ensure':
			return await guardItems(host, operation);
		case 'release':
			return await passOn(host, 0, async (items) => {
				await releaseLock(host, readRelease(host));
				return [items];
			});
		case 'inspect':
			return await runActions(host, { inspect });
		default:
			throw new NodeOperationError(host.getNode(), `This node has no operation “${operation}”.`, {
				description: 'Choose one of: acquire, ensure, release, inspect.',
			});
	}
}

/** A failure goes to Busy, never to Acquired: “continue on fail” must not let work past a lock it did not get. */
async function guardItems(host: IExecuteFunctions, mode: Mode): Promise<INodeExecutionData[][]> {
	return await passOn(host, BUSY, async (items) => {
		const parameters = readAcquire(host);
		const answer = await acquireLock(host, mode, parameters);
		const passed = parameters.addLockToItems ? withLock(items, parameters.lock, answer) : items;
		return answer.outcome === 'acquired' ? [passed, []] : [[], passed];
	});
}

async function passOn(
	host: IExecuteFunctions,
	failures: number,
	work: (items: INodeExecutionData[]) => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	const items = host.getInputData();
	const outputs = Array.from({ length: failures + 1 }, (): INodeExecutionData[] => []);
	if (items.length === 0) return outputs;
	try {
		return await work(items);
	} catch (error) {
		if (!host.continueOnFail()) throw toNodeError(host.getNode(), error, 0);
		outputs[failures] = items.map((item, index) => ({
			...item,
			json: failedJson(host, item, errorFields(error)),
			pairedItem: { item: index },
		}));
		return outputs;
	}
}

function withLock(items: INodeExecutionData[], name: string, answer: MutexAnswer): INodeExecutionData[] {
	const lock = toJson({ name, ...lockFields(answer) });
	return items.map((item) => ({ ...item, json: { ...item.json, lock } }));
}

function lockFields(answer: MutexAnswer): object {
	if (answer.outcome === 'busy') return { busy: answer.reason, retryAt: answer.retryAt };
	const { fencingToken, acquiredAt, leaseUntil } = answer;
	return { fencingToken, acquiredAt, leaseUntil };
}
