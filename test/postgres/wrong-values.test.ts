import type { Orchestrator } from '../../core';
import { InvalidInputError } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { openQueue } from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());

const BAD_VALUES: [string, string, (house: Orchestrator) => Promise<unknown>][] = [
	[
		'a UUID that is none',
		'abc',
		({ executions }) => executions.accept({ executionId: 'abc', epoch: 1 }, 'id'),
	],
	[
		'a number out of range',
		'3000000000',
		({ executions }) =>
			executions.accept({ executionId: '7f1c3f2e-0a51-4d4f-9d0e-0123456789ab', epoch: 3e9 }, 'id'),
	],
	[
		'a task id that is none',
		'"x"',
		({ queue }) => queue.cancel({ taskIds: ['x'] }, { actor: 'Kim', reason: 'x' }),
	],
	['a parent execution that is none', '"abc"', ({ queue }) => queue.list({ parentExecutionId: 'abc' })],
	[
		'a kind of run that there is not',
		'check constraint',
		({ runs }) => runs.begin({ kind: 'siesta' as never, owner: 'Kim' }),
	],
];
test.each(BAD_VALUES)(
	'%s is an invalid input with its value and what to do, not a defect to be reported',
	async (_, value, call) => {
		const failure: unknown = await call(orchestrator).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(InvalidInputError);
		const { message, action } = failure as InvalidInputError;
		expect(message).toContain(value);
		expect(action).toMatch(/^(Correct|Give) /);
	},
);
