import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { MutexOwner } from '../../core';
import { explain } from '../shared/node-error';

/** Deeper chains of calls join their caller only when the nearest ones hold the lock. */
const DEEPEST_CALL = 20;

const executionContext = z.object({
	establishedAt: z.number().optional(),
	parentExecutionId: z.string().optional(),
});

const storedRun = z.object({
	parentExecution: z.object({ executionId: z.string() }).optional(),
	executionData: z.object({ runtimeData: executionContext.optional() }).optional(),
});

/** This execution. n8n keeps the time at which an execution began over its Waits, so it tells twins apart. */
export function ownerOf(host: IExecuteFunctions): MutexOwner {
	const { establishedAt } = contextOf(host);
	return {
		instance: host.getInstanceId(),
		executionId: host.getExecutionId(),
		era: establishedAt === undefined ? '' : String(establishedAt),
	};
}

/**
 * Executions that called this one, nearest first; empty for one that nobody called. n8n names the direct caller in the
 * execution context; those above it are read from n8n's own record of each caller. An error workflow also names the
 * failed execution there, but is not part of its work.
 */
export async function callersOf(host: IExecuteFunctions, named: string): Promise<string[]> {
	const callers = named === '' ? [] : [named];
	let next = host.getMode() === 'error' ? undefined : contextOf(host).parentExecutionId;
	while (next !== undefined && !callers.includes(next) && callers.length < DEEPEST_CALL) {
		callers.push(next);
		next = await callerOfStored(host, next);
	}
	return callers;
}

async function callerOfStored(host: IExecuteFunctions, executionId: string): Promise<string | undefined> {
	try {
		const run = storedRun.safeParse(await host.getExecutionDataById(executionId));
		return run.data?.parentExecution?.executionId ?? run.data?.executionData?.runtimeData?.parentExecutionId;
	} catch (error) {
		host.logger.warn(`Who called execution ${executionId} is unknown: ${explain(error).message}`);
		return undefined;
	}
}

/** Older releases of n8n have no execution context. */
function contextOf(host: IExecuteFunctions): z.infer<typeof executionContext> {
	return executionContext.safeParse(host.getExecutionContext?.()).data ?? {};
}
