import { claimPlanOf, type Orchestrator, planRun } from '../../core';
import { expireLease } from '../postgres/scenario';
import { type PlayerProcess, ProcessEnded } from './company';
import type { KillPoint, SimulatedTask } from './messages';
import { freePort, type Theatre } from './theatre';
import { task } from './workload';

/** What the victim plays; the survivor plays the rest, and everything once the victim is dead. */
export type Part = 'passes' | 'works' | 'receives' | 'everything';

/** Runs one short play after another, in each of which one process is killed at one point, and another goes on. */
export class CrashSeries {
	#plays = 0;

	/** How often a play was begun. */
	get plays(): number {
		return this.#plays;
	}

	readonly #understudies: PlayerProcess[] = [];

	private constructor(
		private readonly theatre: Theatre,
		private readonly survivor: PlayerProcess,
		private readonly survivorPort: number,
		private readonly orchestrator: Orchestrator,
	) {}

	static async begin(theatre: Theatre): Promise<CrashSeries> {
		// Long while a victim plays, whatever else the machine does; but a delivery is not repeated for ever.
		await theatre.setLeases({ dispatchSeconds: 1.4, workSeconds: 20 });
		const survivor = theatre.start();
		const port = await survivor.play(theatre.casting('survivor', 0));
		return new CrashSeries(theatre, survivor, port, theatre.database.orchestrator());
	}

	/** Where a victim in this part can be killed: everything that leaves it in a play without a death. */
	async pointsOf(part: Part): Promise<KillPoint[]> {
		const { victim, tasks } = await this.#enter(part);
		await this.#perform(part, victim, tasks);
		const { met } = await victim.tell({ do: 'finish' });
		await this.#survive(tasks);
		await victim.end();
		return (met ?? []).flatMap((each) => {
			const [, label = '', occurrence = ''] = /^(.*) #(\d+)$/.exec(each) ?? [];
			return (['before', 'after'] as const).map((when) => ({ label, occurrence: Number(occurrence), when }));
		});
	}

	/** Answers once the survivor has brought everything to its end. False: the victim never came to that point. */
	async dieAt(part: Part, point: KillPoint): Promise<boolean> {
		const { victim, victimPort, tasks } = await this.#enter(part);
		await victim.tell({ do: 'arm', point });
		const lived = await this.#perform(part, victim, tasks)
			.then(async () => victim.tell({ do: 'finish' }))
			.then(
				() => true,
				(error: unknown) => {
					if (error instanceof ProcessEnded) return false;
					throw error;
				},
			);
		if (lived) await victim.end();
		// Who takes over from a dead receiver has its address.
		if (part !== 'passes') await this.survivor.tell({ do: 'take over', port: victimPort });
		await this.#survive(tasks);
		return !lived;
	}

	/** A victim on its port, and what a dead process left behind: an execution whose lease has run out. */
	async #enter(part: Part): Promise<{ victim: PlayerProcess; victimPort: number; tasks: SimulatedTask[] }> {
		const play = ++this.#plays;
		while (this.#understudies.length < 3) this.#understudies.push(this.theatre.start());
		const victim = this.#understudies.shift() ?? this.theatre.start();
		const victimPort = await victim.play(
			this.theatre.casting(`victim-${play}`, part === 'passes' ? null : 0),
		);
		const works = part === 'works' || part === 'everything';
		const receives = part === 'receives' || part === 'everything';
		const port = works ? victimPort : this.survivorPort;
		await this.theatre.register(port, receives ? victimPort : this.survivorPort);
		// Nobody listens where audits are sent, until the survivor takes over.
		await this.theatre.register(await freePort(), receives ? victimPort : this.survivorPort, ['audits']);
		await this.#leaveAnOrphan(play);
		const tasks = [
			task(`play-${play}:good`),
			task(`play-${play}:fails once`, { fails: 1 }),
			task(`play-${play}:refused`, {}, { workflowType: 'audits' }),
		];
		return { victim, victimPort, tasks };
	}

	async #leaveAnOrphan(play: number): Promise<void> {
		// Due again at once: whether the pass that finds it still dispatches it must not be chance.
		const overrides = { backoffBaseSeconds: 0, backoffJitterSeconds: 0 };
		const [orphan] = await this.orchestrator.queue.enqueue([
			{ ...task(`play-${play}:orphan`, {}, { workflowType: 'audits' }), overrides },
		]);
		const plan = planRun(await this.orchestrator.resources.snapshot());
		const claimed = await this.orchestrator.queue.claim(
			claimPlanOf(plan, { owner: 'dead', runId: null, maxExecutions: 1 }),
		);
		const [execution] = claimed;
		const taken = claimed.flatMap(({ items }) => items.map(({ task_id }) => task_id));
		if (!execution || taken.join() !== orphan?.taskId)
			throw new Error(
				`play ${play} has no orphan: instead of ${orphan?.taskId} the claim took ${taken.join() || 'nothing'}`,
			);
		await expireLease(this.theatre.database, execution.executionId);
	}

	async #perform(part: Part, victim: PlayerProcess, tasks: SimulatedTask[]): Promise<void> {
		const passer = part === 'passes' || part === 'everything' ? victim : this.survivor;
		await passer.tell({ do: 'enqueue', tasks });
		// A slot of its own for every play.
		await passer.tell({ do: 'pass', pass: { kind: 'heartbeat', intervalSeconds: 300 + this.#plays } });
		if (passer === victim) return;
		await Promise.race([this.survivor.tell({ do: 'finish' }), victim.exited]);
	}

	/** Sends the same tasks again, as a producer does that got no answer, and passes until all is done. */
	async #survive(tasks: SimulatedTask[]): Promise<void> {
		await this.theatre.letLeasesRunOut();
		await this.theatre.register(this.survivorPort);
		await this.survivor.tell({ do: 'enqueue', tasks });
		await this.survivor.tell({ do: 'keep passing', pauseMs: 50 });
		await this.theatre.drained();
		await this.survivor.tell({ do: 'rest' });
		await this.survivor.tell({ do: 'finish' });
	}

	async end(): Promise<void> {
		await this.orchestrator.close();
	}
}
