import { modelClaim, unboundedPolicy, type WakeUpPort } from '../../../core';
import { claimSnapshot } from './claim';
import type { World } from './world';

/** When something falls due next. Hints need a connection, so there are none in memory. */
export class FakeWakeUps implements Pick<WakeUpPort, 'msUntilNextDue'> {
	constructor(private readonly world: World) {}

	async msUntilNextDue(): Promise<number | null> {
		const instants = this.instants().map((each) => each.getTime());
		return instants.length > 0 ? Math.max(0, Math.min(...instants) - this.world.now().getTime()) : null;
	}

	private instants(): Date[] {
		const { world } = this;
		const snapshot = claimSnapshot(world);
		const waiting = world
			.live(world.tasks)
			.filter(({ state }) => state === 'scheduled' || state === 'queued');
		return [
			...(modelClaim(snapshot, unboundedPolicy(snapshot)).length > 0 ? [world.now()] : []),
			...waiting.flatMap(({ state, notBefore }) => (state === 'scheduled' ? present(notBefore) : [])),
			...waiting.flatMap(({ expiresAt }) => present(expiresAt)),
			...[...world.executions.values(), ...world.runs.values()].flatMap(({ leaseUntil }) =>
				present(leaseUntil),
			),
			...snapshot.types.flatMap(({ workflowType, pause, cadenceOpensAt }) =>
				pause === null &&
				snapshot.keys.some((key) => key.workflowType === workflowType && key.line.length > 0)
					? present(cadenceOpensAt)
					: [],
			),
		];
	}
}

function present(instant: Date | null): Date[] {
	return instant ? [instant] : [];
}
