import { createOrchestrator, type Orchestrator } from '../../core';
import { refOf, request } from '../postgres/mutex-scenario';
import { claimOne, onlyTask, report, startWork, succeeded } from '../postgres/scenario';

const ROUNDS = 60;
/** Pool, listener and timers are all there by then. */
const SETTLED = 20;

/** A process of its own that uses every door again and again, closes, and is left to end by itself; argument: the database. */
async function useEverything(connectionString: string): Promise<void> {
	const orchestrator = createOrchestrator({ connection: { connectionString } });
	const listener = await orchestrator.wakeUps.listen(() => undefined);
	let settled: string[] = [];
	for (let round = 1; round <= ROUNDS; round++) {
		await workOnce(orchestrator);
		await Promise.all([1, 2, 3].map(async (n) => lockOnce(orchestrator, `${round}-${n}`)));
		if (round === SETTLED) settled = living();
	}
	const last = living();
	await listener.close();
	await orchestrator.close();
	process.stdout.write(JSON.stringify({ settled, last }));
}

async function workOnce(orchestrator: Orchestrator): Promise<void> {
	const execution = await claimOne(orchestrator);
	await startWork(orchestrator, execution);
	await orchestrator.executions.renew(execution);
	await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
	await orchestrator.resources.snapshot();
}

async function lockOnce({ mutexes }: Orchestrator, execution: string): Promise<void> {
	const asked = request(execution, { lock: `lock ${execution}` });
	await mutexes.acquire(asked);
	await mutexes.release(asked.lock, refOf(asked));
}

/** What keeps this process alive: sockets, timers, streams. */
const living = () => process.getActiveResourcesInfo().sort();

void useEverything(process.argv[2] ?? '');
