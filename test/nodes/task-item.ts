import type { IDataObject } from 'n8n-workflow';
import { TYPE } from '../postgres/scenario';

export const EXECUTION = '7d9f2a34-6d0e-4e4b-9f0e-5f6f5a6f3c11';

/** An item as the Task Trigger emits it. */
export function taskOf(
	id: string,
	over: { execution?: IDataObject; test?: boolean; deadlineMs?: number } = {},
): IDataObject {
	return {
		task: { id, idempotencyKey: `key-${id}`, attempt: 1, workflowType: TYPE },
		execution: {
			id: EXECUTION,
			epoch: 1,
			deadlineAt: new Date(Date.now() + (over.deadlineMs ?? 60_000)).toISOString(),
			callbackUrl: 'http://127.0.0.1:5678/webhook/mo-main/callback',
			...over.execution,
		},
		input: { topic: 'tea' },
		model: null,
		test: over.test ?? false,
	};
}
