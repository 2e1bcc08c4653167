import { setTimeout as pause } from 'node:timers/promises';
import {
	CANCELLABLE_STATES,
	type CancellableState,
	createOrchestrator,
	type DispatchEnvelope,
	type Logger,
	type Orchestrator,
} from '../../core';
import { type Casting, note, passOrder, type SimulatedTask } from './messages';
import { pass } from './pass';
import { work } from './sub-workflow';

/** One n8n as the database sees it: it passes, dispatches, accepts, works, reports, receives and recovers. */
export class Player {
	readonly warnings: string[] = [];
	readonly #underWay = new Set<Promise<void>>();
	readonly #orchestrator: Orchestrator;
	#passing: Promise<void> | undefined;
	#resting = false;

	constructor(private readonly casting: Casting) {
		const warn = (message: string, fields?: Record<string, unknown>) =>
			void this.warnings.push(`${message} ${JSON.stringify(fields ?? {})}`);
		const logger: Logger = { info: () => undefined, warn, error: warn };
		const connection = { connectionString: casting.databaseUrl };
		this.#orchestrator = createOrchestrator({ connection, logger, poolLingerMs: 0 });
	}

	/** The port on which its doors are from now on. */
	async open(port: number): Promise<number> {
		// Half of a process's start is what the doors bring along.
		const { openDoors } = await import('./doors');
		return await openDoors(this.casting, port, (dispatch, webhookId) => this.#begin(dispatch, webhookId));
	}

	async enqueue(tasks: SimulatedTask[]): Promise<void> {
		const told = await this.#orchestrator.queue.enqueue(tasks);
		for (const [index, { taskId, idempotencyKey }] of told.entries()) {
			const workflowType = tasks[index]?.workflowType ?? '?';
			const { name: by, witnessFile } = this.casting;
			note(witnessFile, { what: 'enqueued', at: Date.now(), by, taskId, workflowType, idempotencyKey });
		}
	}

	async pass(order: ReturnType<typeof passOrder.parse>): Promise<boolean> {
		return await pass(this.#orchestrator, order, this.casting);
	}

	/** An operator takes tasks back, whatever works on them; answers how many. */
	async cancel(states: CancellableState[], limit: number): Promise<number> {
		const options = { actor: this.casting.name, reason: 'not wanted any more' };
		const outcomes = await this.#orchestrator.queue.cancel({ states, limit }, options);
		return outcomes.filter(({ outcome }) => outcome === 'cancelled').length;
	}

	keepPassing(order: { cancelEvery: number; pauseMs: number }): void {
		this.#resting = false;
		this.#passing = this.#passOn(order);
	}

	async rest(): Promise<void> {
		this.#resting = true;
		await this.#passing;
	}

	/** Resolves once nothing that was accepted here is under way. */
	async finish(): Promise<void> {
		while (this.#underWay.size > 0) await Promise.all(this.#underWay);
	}

	async close(): Promise<void> {
		await this.#orchestrator.close();
	}

	async #passOn({ cancelEvery, pauseMs }: { cancelEvery: number; pauseMs: number }): Promise<void> {
		for (let n = 1; !this.#resting; n++) {
			try {
				await this.pass(passOrder.parse({ kind: 'wake_up', eager: n % 2 === 0 }));
				if (cancelEvery > 0 && n % cancelEvery === 0)
					await this.cancel([CANCELLABLE_STATES[(n / cancelEvery) % CANCELLABLE_STATES.length]!], 1);
			} catch (error) {
				this.warnings.push(`pass: ${String(error)}`);
			}
			await pause(pauseMs);
		}
	}

	#begin(dispatch: DispatchEnvelope, webhookId: string): void {
		const working = work(dispatch, webhookId, this.#orchestrator, this.casting)
			.catch((error: unknown) => void this.warnings.push(`work: ${String(error)}`))
			.finally(() => this.#underWay.delete(working));
		this.#underWay.add(working);
	}
}
