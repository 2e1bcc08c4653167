import { setTimeout as pause } from 'node:timers/promises';
import type { IExecuteFunctions } from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import {
	lockBusyError,
	type MutexAnswer,
	type MutexPort,
	type MutexRequest,
	nextLookMs,
	type Orchestrator,
} from '../../core';
import { explain } from '../shared/node-error';
import { openOrchestrator } from '../shared/orchestrator';
import { callersOf, ownerOf } from './identity';
import { keeperOf, startKeeper } from './keepers';
import type { AcquireParameters } from './parameters';

export type Mode = 'acquire' | 'ensure';

/**
 * Takes the lock for this execution and keeps it until the end. Answers busy only where the items are to be skipped:
 * `fail`, and a wait that comes to its end, are a LockBusyError.
 */
export async function acquireLock(
	host: IExecuteFunctions,
	mode: Mode,
	parameters: AcquireParameters,
): Promise<MutexAnswer> {
	const orchestrator = await openOrchestrator(host);
	let kept = false;
	try {
		const request = await requestOf(host, parameters);
		const { answer, askedAt } = await ask(host, orchestrator.mutexes, mode, request, parameters);
		if (answer.outcome === 'busy') return answer;
		await undoIfStopped(host, orchestrator.mutexes, request);
		const keeper = keeperOf(host, request.lock);
		if (keeper !== undefined) keeper.confirm(answer.fencingToken, askedAt);
		else {
			kept = true;
			await keep(host, orchestrator, request, { parameters, fencingToken: answer.fencingToken, askedAt });
		}
		return answer;
	} finally {
		if (!kept) await orchestrator.close();
	}
}

async function requestOf(host: IExecuteFunctions, parameters: AcquireParameters): Promise<MutexRequest> {
	const { lock, permits, leaseSeconds, onBusy, callerExecutionId } = parameters;
	const { id, name } = host.getWorkflow();
	return {
		...ownerOf(host),
		lock,
		session: keeperOf(host, lock)?.session ?? randomUUID(),
		workflowId: id ?? '',
		workflowName: name ?? '',
		nodeName: host.getNode().name,
		callers: await callersOf(host, callerExecutionId),
		permits,
		leaseMs: leaseSeconds * 1000,
		onBusy,
	};
}

/** Asks once, or until the lock is had or the wait is over. A wait that ends without the lock leaves no waiter behind. */
async function ask(
	host: IExecuteFunctions,
	mutexes: MutexPort,
	mode: Mode,
	request: MutexRequest,
	{ maxWaitSeconds, ifAnotherWaits }: AcquireParameters,
): Promise<{ answer: MutexAnswer; askedAt: Date }> {
	const beganAt = performance.now();
	const signal = host.getExecutionCancelSignal();
	let waiting = false;
	try {
		for (let attempt = 1; ; attempt++) {
			const askedAt = new Date();
			const answer = await mutexes[mode](request);
			const { lock, onBusy } = request;
			waiting = answer.outcome === 'busy' && onBusy === 'wait' && answer.reason !== 'another_waits';
			if (answer.outcome === 'acquired' || onBusy === 'skip') return { answer, askedAt };
			if (answer.reason === 'another_waits' && ifAnotherWaits === 'skip') return { answer, askedAt };
			const waitedMs = performance.now() - beganAt;
			const pauseMs = waiting
				? nextLookMs({ attempt, waitedMs, maxWaitMs: maxWaitSeconds * 1000, draw: Math.random() })
				: null;
			if (pauseMs === null) throw lockBusyError(lock, answer, waiting ? waitedMs : 0);
			await pause(pauseMs, undefined, { signal });
		}
	} finally {
		if (waiting) await stopWaiting(host, mutexes, request);
	}
}

async function stopWaiting(
	host: IExecuteFunctions,
	mutexes: MutexPort,
	request: MutexRequest,
): Promise<void> {
	try {
		await mutexes.stopWaiting(request.lock, request);
	} catch (error) {
		host.logger.warn(`The wait for “${request.lock}” was not taken back: ${explain(error).message}`);
	}
}

/** Stop came while we asked: n8n's end handlers have run already, so nobody else would give the lock back. */
async function undoIfStopped(
	host: IExecuteFunctions,
	mutexes: MutexPort,
	request: MutexRequest,
): Promise<void> {
	const signal = host.getExecutionCancelSignal();
	if (signal?.aborted !== true) return;
	await mutexes.release(request.lock, request);
	signal.throwIfAborted();
}

async function keep(
	host: IExecuteFunctions,
	orchestrator: Orchestrator,
	request: MutexRequest,
	{
		parameters,
		fencingToken,
		askedAt,
	}: { parameters: AcquireParameters; fencingToken: number; askedAt: Date },
): Promise<void> {
	const { lock, session, leaseMs } = request;
	const { graceSeconds, holdWhileWaiting } = parameters;
	const owner = { instance: request.instance, executionId: request.executionId, era: request.era };
	const graceMs = graceSeconds * 1000;
	const hold = { lock, owner, session, fencingToken, leaseMs, graceMs, holdWhileWaiting };
	await startKeeper(host, orchestrator, hold, askedAt);
}
