import type { QueueMode, RecentWork } from '../resources/snapshot';

/** An execution is one dispatch of 1–10 tasks (S1). */
export const MOST_TASKS = 10;
/** A batch is expected to need no more than this share of its type's time limit: the other half is for slow answers. */
export const LIMIT_SHARE = 0.5;
/** From this load of the least used model on, batches are halved (S11, requirement 1.4). */
export const BUSY_MODELS = 0.8;
/** From this share of failed tasks on, batches are halved (requirement 7.3). */
export const FAILING_SHARE = 0.5;
/** Fewer ended tasks say nothing about a type. */
export const ENOUGH_TASKS = 4;

/** What the size of a batch depends on. */
export interface BatchQuestion {
	mode: QueueMode;
	/** The type's configured size, and the most that it allows. */
	batchSize: number;
	batchMax: number;
	/** Tasks that could be claimed now; at least 1. */
	eligible: number;
	/** Executions of this type that may start now, at least 1. */
	slots: number;
	limitSeconds: number;
	recent: RecentWork;
	/** Load of the least used model, 0 = none is used; above 1 = overdrawn. */
	modelLoad: number;
}

/** 1–10, and what decided it. */
export interface BatchDecision {
	size: number;
	because: string;
}

/**
 * Tasks per execution: what is wanted (the configured size, in batch mode the most), halved while models are busy and
 * again while tasks fail, and then no more than time and the free slots leave sensible. Never fewer with a deeper queue.
 */
export function decideBatchSize(question: BatchQuestion): BatchDecision {
	return [whileModelsAreBusy, whileTasksFail, withinTheLimit, overTheSlots].reduce(
		(decision, rule) => rule(decision, question),
		wanted(question),
	);
}

type Rule = (decision: BatchDecision, question: BatchQuestion) => BatchDecision;

function wanted({ mode, batchSize, batchMax }: BatchQuestion): BatchDecision {
	const most = Math.max(1, Math.min(MOST_TASKS, batchMax));
	if (mode === 'batch') return { size: most, because: 'batch mode: as many as the type allows' };
	return { size: Math.max(1, Math.min(most, batchSize)), because: 'as configured' };
}

/** `ceil(size / 2)` from 80 % on: fewer requests in one burst, while the window empties. */
const whileModelsAreBusy: Rule = (decision, { modelLoad }) =>
	modelLoad < BUSY_MODELS
		? decision
		: atMost(decision, half(decision), `halved: the models are used to ${percent(modelLoad)}`);

/** `ceil(size / 2)` from 50 % on: an execution that is lost takes all of its tasks along. */
const whileTasksFail: Rule = (decision, { recent: { tasks, failed } }) =>
	tasks < ENOUGH_TASKS || failed / tasks < FAILING_SHARE
		? decision
		: atMost(decision, half(decision), `halved: ${failed} of the last ${tasks} tasks failed`);

/** `floor(50 % of the limit / measured time a task)`, so that a batch of usual tasks ends long before its deadline. */
const withinTheLimit: Rule = (decision, { limitSeconds, recent: { msPerTask } }) => {
	if (msPerTask === null || msPerTask <= 0) return decision;
	const most = Math.floor((limitSeconds * 1000 * LIMIT_SHARE) / msPerTask);
	const seconds = (msPerTask / 1000).toFixed(1);
	const share = `${percent(LIMIT_SHARE)} of ${limitSeconds} s`;
	return atMost(decision, most, `a task takes ${seconds} s, a batch may take ${share}`);
};

/** `ceil(eligible / slots)`: what waits side by side in free slots ends sooner than what waits in a batch. */
const overTheSlots: Rule = (decision, { eligible, slots }) =>
	atMost(decision, Math.ceil(eligible / slots), `${eligible} spread over ${slots} free slots`);

function atMost(decision: BatchDecision, most: number, because: string): BatchDecision {
	const size = Math.max(1, Math.min(decision.size, most));
	return size < decision.size ? { size, because } : decision;
}

const half = ({ size }: BatchDecision) => Math.ceil(size / 2);
const percent = (share: number) => `${Math.round(share * 100)} %`;
