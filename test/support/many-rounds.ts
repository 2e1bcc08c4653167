import type { LockStage } from './lock-stage';

/** Two workflows in one lock, fired at the same moment again and again: none overlaps, none is lost. */
export async function expectNoOverlapIn(rounds: number, locks: LockStage): Promise<void> {
	const names = ['Wrapped A', 'Wrapped B'];
	for (const name of names) await locks.publish({ name, workMs: 60 }, 'shared');
	await locks.fireTogether(names, rounds);
	expect(locks.overlaps(...names)).toBe(0);
	expect(locks.seen(...names).filter(({ event }) => event === 'end')).toHaveLength(2 * rounds);
	await locks.untilOpen('shared');
}
