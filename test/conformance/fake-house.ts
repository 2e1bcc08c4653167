import { announce, TYPE } from '../postgres/scenario';
import { fakeStores, HandClock, type StorePorts, World } from '../support/fake';
import { newType } from '../support/fake/types';
import { type House, OTHER_TYPE, type TypeSettings } from './house';

/** The stores in memory; time passes when the test says so. */
export class FakeHouse implements House {
	private clock = new HandClock(new Date());
	private world = new World(this.clock);
	ports: StorePorts = fakeStores(this.world);

	static async open(): Promise<House> {
		const house = new FakeHouse();
		await house.reset();
		return house;
	}

	readonly now = async (): Promise<Date> => {
		return this.clock.now();
	};

	readonly pass = async (seconds: number): Promise<void> => {
		this.clock.pass(seconds);
	};

	readonly configure = async (workflowType: string, settings: TypeSettings): Promise<void> => {
		const type = this.world.types.get(workflowType) ?? newType(workflowType);
		this.world.types.set(workflowType, { ...type, ...settings });
	};

	readonly setSlots = async (count: number): Promise<void> => {
		this.world.slots = count;
	};

	readonly reset = async (): Promise<void> => {
		this.clock = new HandClock(new Date());
		this.world = new World(this.clock);
		this.ports = fakeStores(this.world);
		for (const type of [TYPE, OTHER_TYPE]) {
			await this.configure(type, { backoffJitterSeconds: 0 });
			await announce(this.ports, type);
		}
	};

	readonly close = async (): Promise<void> => {};
}
