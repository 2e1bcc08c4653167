import { type Finding, RULES } from '../validate';
import { readWorkflows, type Refusal, type SourceFile } from '../wrap';
import { forRules } from './any-workflow';

/** Findings of one workflow; a file that cannot be read has one, with the reader’s code. */
export interface CheckedWorkflow {
	file: string;
	workflow: string | null;
	findings: Array<{ code: Finding['code'] | Refusal['code']; message: string }>;
}

/** The rules that hold for any workflow; those about our generated style are left out. */
export const GENERAL_RULES = RULES.filter(({ scope }) => scope === 'any');

export function checkFile({ name, text }: SourceFile): CheckedWorkflow[] {
	const read = readWorkflows(text);
	if (!read.ok) {
		const { code, reason } = read.refusal;
		return [{ file: name, workflow: null, findings: [{ code, message: reason }] }];
	}
	return read.file.workflows.map((workflow) => {
		const subject = forRules(workflow);
		return {
			file: name,
			workflow: typeof workflow.name === 'string' ? workflow.name : null,
			findings: GENERAL_RULES.flatMap(({ code, check }) =>
				check(subject).map((message) => ({ code, message })),
			),
		};
	});
}
