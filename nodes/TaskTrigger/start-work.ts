import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { z } from 'zod/v4';
import {
	type DispatchEnvelope,
	dispatchEnvelope,
	type ExecutionRef,
	explainStale,
	type Orchestrator,
	type StaleReason,
	type TaskError,
} from '../../core';
import { toJson } from '../shared/json';
import { forgetLost, markLost } from '../shared/lost-executions';
import { toNodeError } from '../shared/node-error';
import { openOrchestrator } from '../shared/orchestrator';
import { taskErrorOf } from '../shared/task-error';
import { keepLease } from './keep-lease';

/**
 * Runs inside the n8n execution, possibly long after the 202: pre-flight, then one item per task. An execution whose
 * lease or epoch is gone emits nothing and so does no work (S2). When the n8n execution ends, unreported tasks fail.
 */
export async function startWork(host: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const dispatch = readDispatch(host);
	if (dispatch === null) return [host.getInputData()];
	if (dispatch.test) return [emitTasks(dispatch, new Date(Date.now() + dispatch.limit_seconds * 1000))];
	const ref = { executionId: dispatch.execution_id, epoch: dispatch.epoch };
	const orchestrator = await openOrchestrator(host);
	try {
		const started = await orchestrator.executions.start(ref, host.getExecutionId(), host.getInstanceId());
		if (started === null) {
			const why = whyNoWork(await orchestrator.executions.whyStale(ref));
			await orchestrator.close();
			host.logger.info(`No work is done for execution ${ref.executionId} epoch ${ref.epoch}. ${why}`);
			return [[]];
		}
		guard(host, orchestrator, ref, started);
		return [emitTasks(dispatch, started.deadlineAt)];
	} catch (error) {
		await orchestrator.close();
		throw toNodeError(host.getNode(), error, 0);
	}
}

/** In force and still refused: the n8n execution that began it goes on. */
const whyNoWork = (reason: StaleReason | null): string =>
	reason === null ? 'Another n8n execution works on it.' : explainStale(reason);

/** Renews until the n8n execution ends, then gives back what was not reported. */
function guard(
	host: IExecuteFunctions,
	orchestrator: Orchestrator,
	ref: ExecutionRef,
	started: { leaseUntil: Date; deadlineAt: Date },
): void {
	const onLost = () => markLost(ref);
	const lease = keepLease({
		executions: orchestrator.executions,
		ref,
		...started,
		logger: host.logger,
		onLost,
	});
	let ended = false;
	host.onExecutionFinish?.(async () => {
		if (ended) return;
		ended = true;
		lease.stop();
		forgetLost(ref);
		try {
			await orchestrator.executions.abandon(ref, endOf(host));
		} finally {
			await orchestrator.close();
		}
	});
	void lease.ended.then(async () => {
		if (host.onExecutionFinish === undefined) await orchestrator.close();
	});
}

const failedRun = z.object({
	runExecutionData: z.object({
		resultData: z.object({ error: z.looseObject({}), lastNodeExecuted: z.string().optional() }),
	}),
});

/** n8n keeps the run's error beside the context, undocumented: without it the message stays general. */
function endOf(host: IExecuteFunctions): TaskError {
	const code = 'MO_NOT_REPORTED';
	const otherwise = 'The n8n execution ended without reporting this task.';
	const run = failedRun.safeParse(host);
	if (!run.success) return { code, message: otherwise };
	const { error, lastNodeExecuted: node } = run.data.runExecutionData.resultData;
	return { ...taskErrorOf(error, { node, otherwise }), code };
}

/** Null: not our envelope (edited pin data, another node's item); it passes through untouched in manual runs only. */
function readDispatch(host: IExecuteFunctions): DispatchEnvelope | null {
	const json = host.getInputData()[0]?.json;
	const parsed = dispatchEnvelope.safeParse(json?.dispatch);
	if (parsed.success) return parsed.data;
	if (host.getMode() === 'manual' && json !== undefined && Object.keys(json).length > 0) return null;
	throw new NodeOperationError(host.getNode(), 'There is no dispatch to work on.', {
		description:
			'Click “Execute workflow” and send a sample: master-orchestrator send-test, or Dispatcher (Send Test).',
	});
}

function emitTasks(dispatch: DispatchEnvelope, deadlineAt: Date): INodeExecutionData[] {
	return dispatch.items.map((item) => ({
		json: {
			task: {
				id: item.task_id,
				idempotencyKey: item.idempotency_key,
				attempt: item.attempt,
				workflowType: dispatch.workflow_type,
			},
			execution: {
				id: dispatch.execution_id,
				epoch: dispatch.epoch,
				deadlineAt: deadlineAt.toISOString(),
				callbackUrl: dispatch.callback_url,
			},
			input: toJson(item.input),
			model: dispatch.model === null ? null : toJson(dispatch.model),
			test: dispatch.test,
		},
		pairedItem: { item: 0 },
	}));
}
