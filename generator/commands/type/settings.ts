import type { NumberSetting, RegisteredType } from '../../../core';

/** What each setting is, for help and lists. */
export const DESCRIPTIONS: Readonly<Record<NumberSetting, string>> = {
	weight: 'share of the slots: weight 2 gets twice what weight 1 gets',
	maxConcurrent: 'executions at a time',
	batchSize: 'tasks of an execution, as planned',
	batchMax: 'tasks of an execution at most',
	cadenceSeconds: 'at least so long from one start to the next',
	queueLimitSeconds: 'longest wait; who was not taken until then dies',
	limitSeconds: 'longest duration of the work',
	maxAttempts: 'failures until a task is dead',
	backoffBaseSeconds: 'wait after the first failure',
	backoffCeilingSeconds: 'longest wait between tries',
	backoffJitterSeconds: 'chance added to each wait',
	deliveryRetries: 'deliveries repeated after a refusal before it counts as a failure',
	deliveryBackoffSeconds: 'wait before the first of them',
	deadLetterDays: 'days that a dead letter is kept',
};

/** “maxAttempts” → “max-attempts”. */
export const optionOf = (setting: NumberSetting): string =>
	setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const shownSetting = (type: RegisteredType, setting: NumberSetting): string =>
	String(type[setting] ?? 'none');
