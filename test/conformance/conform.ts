import { FakeHouse } from './fake-house';
import type { House } from './house';
import { PostgresHouse } from './postgres-house';

/** Runs one suite of behaviours on the stores in memory and on Postgres; each test finds the house as it opened. */
export function conform(what: string, suite: (house: () => House) => void): void {
	describe.each([
		{ where: 'in memory', open: FakeHouse.open },
		{ where: 'on Postgres', open: PostgresHouse.open },
	])(`${what}, $where`, ({ open }) => {
		let opened: House | undefined;
		const house = (): House => {
			if (!opened) throw new Error('the house is not open yet');
			return opened;
		};
		beforeAll(async () => {
			opened = await open();
		});
		beforeEach(async () => house().reset());
		afterAll(async () => house().close());
		suite(house);
	});
}

/** Whole minutes between two instants, rounded: what real time adds on Postgres does not count. */
export function minutesBetween(from: Date, to: Date | null | undefined): number {
	if (!to) throw new Error('expected an instant, got none');
	// Never minus zero.
	return Math.round((to.getTime() - from.getTime()) / 60_000) || 0;
}
