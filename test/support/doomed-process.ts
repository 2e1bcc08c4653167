import { createOrchestrator } from '../../core';
import { planFor, task } from '../postgres/scenario';

/** A process of its own that is killed in the middle of everything; argument: the database's address. */
async function work(connectionString: string): Promise<void> {
	const { queue, executions, runs } = createOrchestrator({ connection: { connectionString } });
	// Thirty years: whoever takes over finds the same slot, whenever that is.
	const answer = await runs.takeSlot({
		owner: 'doomed',
		intervalSeconds: 30 * 365 * 86_400,
		localTime: new Date(),
	});
	if (!answer.won) throw new Error(answer.reason);
	const { runId } = await runs.begin({ kind: 'heartbeat', owner: 'doomed', slot: answer.slot });
	await queue.enqueue([1, 2, 3, 4, 5, 6].map((n) => task({ idempotencyKey: `task-${n}` })));
	const [, accepted, started] = await queue.claim(planFor({ runId }));
	if (accepted === undefined || started === undefined) throw new Error('three executions were expected');
	await runs.transition(runId, 'DISPATCHING');
	await executions.accept(accepted, 'msg_a');
	await executions.accept(started, 'msg_s');
	await executions.start(started, '77');
	process.stdout.write('in the middle\n');
	// Waits for its end.
	setInterval(() => undefined, 60_000);
}

void work(process.argv[2] ?? '');
