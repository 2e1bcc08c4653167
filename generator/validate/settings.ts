import type { WorkflowJson } from '../workflow-json';
import type { Rule } from './finding';

/** Each setting that must be there, with what it may say. */
const EXPECTED: ReadonlyArray<
	[name: keyof WorkflowJson['settings'], allowed: (value: unknown) => boolean, what: string]
> = [
	['executionOrder', (value) => value === 'v1', 'v1'],
	['timezone', isTimezone, 'an IANA time zone'],
	['callerPolicy', (value) => value === 'workflowsFromSameOwner', 'workflowsFromSameOwner'],
	['saveDataSuccessExecution', (value) => value === 'all' || value === 'none', 'all or none'],
	['saveDataErrorExecution', (value) => value === 'all', 'all'],
	['saveManualExecutions', (value) => value === true, 'true'],
	['saveExecutionProgress', (value) => value === false, 'false'],
];

export const settings: Rule = {
	code: 'GEN_SETTINGS',
	scope: 'generated',
	promise: 'Every setting is explicit: a missing one would follow the instance.',
	check: (workflow) =>
		EXPECTED.flatMap(([name, allowed, what]) => {
			const value: unknown = workflow.settings[name];
			return allowed(value) ? [] : [`The setting ${name} is ${JSON.stringify(value)}, expected ${what}.`];
		}),
};

/** True for names that this machine's time zone data knows; offsets such as +02:00 are not names. */
export function isTimezone(value: unknown): boolean {
	if (typeof value !== 'string' || !/^[A-Za-z]/.test(value)) return false;
	try {
		return new Intl.DateTimeFormat('en', { timeZone: value }) instanceof Intl.DateTimeFormat;
	} catch {
		return false;
	}
}
