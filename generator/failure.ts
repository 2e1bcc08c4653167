import { InvalidInputError, OrchestratorError } from '../core';
import type { Finding } from './validate';

export { InvalidInputError };

export function unknownTask(taskId: string): InvalidInputError {
	return new InvalidInputError(
		`There is no task ${taskId}.`,
		'“master-orchestrator tasks” and “master-orchestrator history” show the numbers.',
	);
}

/** The generator's own fault: a workflow that breaks a rule is never written. */
export class InvalidWorkflowError extends OrchestratorError {
	readonly code = 'MO_INVALID_WORKFLOW';

	constructor(
		workflow: string,
		readonly findings: readonly Finding[],
	) {
		const list = findings.map(({ code, message }) => `\n  ${code}: ${message}`).join('');
		super(
			`“${workflow}” breaks ${findings.length} rule(s):${list}`,
			'This is a fault of the generator: please report it with these lines.',
		);
	}
}

/** A file or folder that cannot be read or written. */
export class FileAccessError extends OrchestratorError {
	readonly code = 'MO_FILE_ACCESS';
}

/** Committed files that are not what the generator makes. */
export class OutdatedFilesError extends OrchestratorError {
	readonly code = 'MO_OUTDATED_FILES';
}

/** Rows of a file that could not be taken; the others were. */
export class BadRowsError extends OrchestratorError {
	readonly code = 'MO_BAD_ROWS';
}

/** A test event that nobody took. */
export class SampleRefusedError extends OrchestratorError {
	readonly code = 'MO_SAMPLE_REFUSED';
}

/** Workflow files that cannot be wrapped or unwrapped safely; the reasons are in the report. */
export class RefusedFilesError extends OrchestratorError {
	readonly code = 'MO_REFUSED_FILES';
}

/** Workflows of an n8n that cannot be changed safely, or could not be; the reasons are in the report. */
export class LiveWorkflowsError extends OrchestratorError {
	readonly code = 'MO_LIVE_WORKFLOWS';
}

/** A migration phase that does not hold what it promises; the report says what. */
export class PhaseInvalidError extends OrchestratorError {
	readonly code = 'MO_PHASE_INVALID';
}

/** Workflow files that break a rule. */
export class FindingsError extends OrchestratorError {
	readonly code = 'MO_FINDINGS';
}
