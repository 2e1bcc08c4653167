import { z } from 'zod/v4';
import type { N8nClient } from '../../host/n8n-client';

const item = z.object({
	json: z.record(z.string(), z.unknown()),
	binary: z.record(z.string(), z.looseObject({ mimeType: z.string(), id: z.string().optional() })).optional(),
	pairedItem: z.unknown(),
	error: z.unknown(),
});
const nodeRun = z.object({
	executionIndex: z.number(),
	executionStatus: z.string(),
	startTime: z.number(),
	executionTime: z.number(),
	error: z.looseObject({ message: z.string() }).optional(),
	data: z.object({ main: z.array(z.array(item).nullable()).optional() }).optional(),
});
const record = z.object({
	id: z.coerce.string(),
	mode: z.string(),
	status: z.string(),
	stoppedAt: z.string().nullable(),
	workflowData: z.object({ settings: z.record(z.string(), z.unknown()).optional() }),
	data: z.object({
		resultData: z.object({
			runData: z.record(z.string(), z.array(nodeRun)),
			lastNodeExecuted: z.string().optional(),
			error: z.looseObject({ message: z.string() }).optional(),
		}),
	}),
});
const list = z.object({ data: z.array(record) });

/** One execution, as n8n's public API shows it with `includeData=true`. */
export type ExecutionRecord = z.infer<typeof record>;

const ENDED = ['success', 'error', 'crashed', 'canceled'];

/** Whether an execution of this status does nothing any more; one that waits goes on. */
export const hasEnded = (status: string): boolean => ENDED.includes(status);

/** Undefined until the API shows it, a moment after n8n's own table has its end. */
export async function newestRecord(
	client: N8nClient,
	workflowId: string,
): Promise<ExecutionRecord | undefined> {
	return (await recordsOf(client, workflowId, 1))[0];
}

/** The newest executions of a workflow, newest first. */
export async function recordsOf(
	client: N8nClient,
	workflowId: string,
	limit: number,
): Promise<ExecutionRecord[]> {
	const path = `/executions?workflowId=${workflowId}&includeData=true&limit=${limit}`;
	return (await client.call({ method: 'GET', path }, list)).data;
}

export async function recordOf(client: N8nClient, id: string): Promise<ExecutionRecord> {
	return await client.call({ method: 'GET', path: `/executions/${id}?includeData=true` }, record);
}

/**
 * What happened at the nodes that `counts` lets through: their runs in the order in which they ran, each with its items,
 * pairing, files and error. Only what differs between any two executions is left out: ids and times.
 */
export function happeningsOf({ data }: ExecutionRecord, counts: (node: string) => boolean) {
	return Object.entries(data.resultData.runData)
		.filter(([name]) => counts(name))
		.flatMap(([name, runs]) => runs.map((run, index) => ({ name, index, run })))
		.sort((a, b) => a.run.executionIndex - b.run.executionIndex)
		.map(({ name, index, run }) => ({
			name,
			index,
			status: run.executionStatus,
			error: run.error?.message,
			outputs: run.data?.main?.map((items) => items?.map(withoutFileId)),
		}));
}

/** n8n keeps a file under an id that names the execution; its content is seen where a node reads it back. */
function withoutFileId({ binary, ...rest }: z.infer<typeof item>) {
	if (binary === undefined) return rest;
	const files = Object.entries(binary).map(([name, { id: _id, ...file }]) => [name, file] as const);
	return { ...rest, binary: Object.fromEntries(files) };
}

/** Items that left a node by one of its outputs, over all its runs. */
export function itemsFrom({ data }: ExecutionRecord, node: string, output = 0) {
	return (data.resultData.runData[node] ?? []).flatMap((run) => run.data?.main?.[output] ?? []);
}

/** What the execution came to. */
export function itemsFromLastNode(record: ExecutionRecord) {
	const { lastNodeExecuted } = record.data.resultData;
	if (lastNodeExecuted === undefined) throw new Error(`execution ${record.id} names no last node`);
	return itemsFrom(record, lastNodeExecuted);
}
