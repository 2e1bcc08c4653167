import type { ClaimedExecution, Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	emptyQueue,
	expireLease,
	failed,
	letWaitingPass,
	openQueue,
	reclaim,
	report,
	startWork,
	succeeded,
	task,
	taskRow,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
beforeEach(async () => emptyQueue(database));
afterAll(async () => database.drop());

async function claimTen(): Promise<ClaimedExecution> {
	await orchestrator.queue.enqueue(Array.from({ length: 10 }, () => task()));
	const execution = await reclaim(orchestrator, 10);
	await startWork(orchestrator, execution);
	return execution;
}

const idsOf = ({ items }: ClaimedExecution) => items.map(({ task_id }) => task_id);

/** States with how many tasks are in each, and how often one was settled as succeeded. */
async function standing() {
	const states = await database.query(
		`select state::text, count(*)::int as tasks from orchestrator.tasks group by 1 order by 1`,
	);
	const [successes] = await database.query(
		`select count(*)::int as n from orchestrator.state_transitions where entity = 'task' and to_state = 'succeeded'`,
	);
	return {
		...Object.fromEntries(states.map(({ state, tasks }) => [String(state), tasks])),
		successes: successes?.n,
	};
}

test('of a batch the good tasks are settled with their results, the failed ones go back alone', async () => {
	const first = await claimTen();
	const ids = idsOf(first);
	await report(
		orchestrator,
		first,
		ids.map((id, n) => (n < 7 ? succeeded(id) : failed(id))),
	);
	expect(await standing()).toEqual({ succeeded: 7, scheduled: 3, successes: 7 });

	await letWaitingPass(database);
	const second = await reclaim(orchestrator, 10);
	expect(idsOf(second).sort()).toEqual(ids.slice(7).sort());
	await startWork(orchestrator, second, '78');
	const hopeless = { recommended: false, not_before: null };
	await report(
		orchestrator,
		second,
		idsOf(second).map((id) => failed(id, hopeless)),
	);
	expect(await standing()).toEqual({ succeeded: 7, dead: 3, successes: 7 });
	expect(await taskRow(database, ids[0] ?? '')).toMatchObject({
		result: { words: 600 },
		attempts: 0,
		epoch: 1,
	});
});

test('what a batch had reported before it was lost stays settled; only the rest goes back', async () => {
	const first = await claimTen();
	const ids = idsOf(first);
	await report(
		orchestrator,
		first,
		ids.slice(0, 6).map((id) => succeeded(id)),
	);
	await expireLease(database, first.executionId);
	await orchestrator.runs.recover();
	expect(await standing()).toEqual({ succeeded: 6, scheduled: 4, successes: 6 });
	await report(
		orchestrator,
		first,
		ids.map((id) => failed(id)),
		'late',
	);
	expect(await standing()).toEqual({ succeeded: 6, scheduled: 4, successes: 6 });
});

test('one task of a batch that cannot be settled takes none of the others along', async () => {
	const first = await claimTen();
	const ids = idsOf(first);
	const foreign = succeeded('999999');
	const answer = await report(orchestrator, first, [...ids.slice(0, 9).map((id) => succeeded(id)), foreign]);
	expect(answer.settledTasks).toHaveLength(9);
	expect(await standing()).toEqual({ succeeded: 9, running: 1, successes: 9 });
});
