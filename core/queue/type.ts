import { WEIGHT_BOUNDS } from './gate';
import type { Pause } from './gate';

/** What an operator configures of a workflow type. Durations in seconds unless the name says otherwise. */
export interface TypeSettings {
	/** For people. */
	title: string;
	/** Share of the slots; new keys get it, and those that have the type's weight now. */
	weight: number;
	/** Executions at a time. */
	maxConcurrent: number;
	/** Tasks of an execution, as planned and at most. */
	batchSize: number;
	batchMax: number;
	/** At least this long from one start to the next; null = as soon as there is work. */
	cadenceSeconds: number | null;
	/** Longest wait from the time it is due, for tasks without one of their own; null = for ever. */
	queueLimitSeconds: number | null;
	/** Longest duration of the work. */
	limitSeconds: number;
	/** Failures until a task is dead. */
	maxAttempts: number;
	backoffBaseSeconds: number;
	backoffCeilingSeconds: number;
	backoffJitterSeconds: number;
	/** Deliveries repeated after a definite refusal before it counts as a failure, and the wait before the first of them. */
	deliveryRetries: number;
	deliveryBackoffSeconds: number;
	/** How long a dead letter is kept. */
	deadLetterDays: number;
}

export interface RegisteredType extends TypeSettings {
	workflowType: string;
	pause: Pause | null;
}

/** What is left out stays. */
export type TypeChange = Partial<TypeSettings>;

export type NumberSetting = Exclude<keyof TypeSettings, 'title'>;

interface Bounds {
	min: number;
	max: number;
	whole: boolean;
	/** Null = none. */
	nullable: boolean;
}

const whole = (min: number, max: number, nullable = false): Bounds => ({ min, max, whole: true, nullable });
const any = (min: number, max: number): Bounds => ({ min, max, whole: false, nullable: false });
const DAY = 86_400;

/** What every setting may be; SQL `type_change_fault` has the same, and a test compares them. */
export const TYPE_BOUNDS: Readonly<Record<NumberSetting, Bounds>> = {
	weight: whole(WEIGHT_BOUNDS.min, WEIGHT_BOUNDS.max),
	maxConcurrent: whole(1, 1000),
	batchSize: whole(1, 10),
	batchMax: whole(1, 10),
	cadenceSeconds: whole(1, 31 * DAY, true),
	queueLimitSeconds: whole(1, 365 * DAY, true),
	limitSeconds: whole(1, DAY),
	maxAttempts: whole(1, 100),
	backoffBaseSeconds: any(0, DAY),
	backoffCeilingSeconds: any(0, DAY),
	backoffJitterSeconds: any(0, 3600),
	deliveryRetries: whole(0, 100),
	deliveryBackoffSeconds: any(0, DAY),
	deadLetterDays: whole(1, 365),
};

/** In the order in which people read them. */
export const NUMBER_SETTINGS = Object.keys(TYPE_BOUNDS) as NumberSetting[];
