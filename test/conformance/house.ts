import type { FakeType, StorePorts } from '../support/fake';

/** What an operator configures of a type. */
export type TypeSettings = Partial<Omit<FakeType, 'workflowType' | 'pause'>>;

/** Beside the type of the scenario: both are there when a house opens, without jitter, their addresses announced. */
export const OTHER_TYPE = 'seo_monitor';

/** One implementation of the store ports, with the means to arrange what no port can do. */
export interface House {
	readonly ports: StorePorts;
	/** The time by which it decides. */
	readonly now: () => Promise<Date>;
	/** Lets time pass. Tests leave a wide margin to every deadline, because on Postgres real time passes as well. */
	readonly pass: (seconds: number) => Promise<void>;
	/** Registers the type at first. */
	readonly configure: (workflowType: string, settings: TypeSettings) => Promise<void>;
	readonly setSlots: (count: number) => Promise<void>;
	/** As it opened. */
	readonly reset: () => Promise<void>;
	readonly close: () => Promise<void>;
}
