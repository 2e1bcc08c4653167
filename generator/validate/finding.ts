import type { WorkflowJson } from '../workflow-json';

/** One fault of a workflow. The code is stable, so that tests and operators can name it. */
export interface Finding {
	code: RuleCode;
	/** What is wrong, with the value and what was expected. */
	message: string;
}

/** A rule looks at finished JSON, as n8n will get it, and says what is wrong with it. */
export interface Rule {
	code: RuleCode;
	/** `any`: holds for every n8n workflow, so `check` asks it of other people’s; `generated`: our own style only. */
	scope: 'any' | 'generated';
	/** One line for the documentation. */
	promise: string;
	check: (workflow: WorkflowJson) => string[];
}

export type RuleCode =
	| 'GEN_NODE_TYPE'
	| 'GEN_REQUIRED_PARAMETER'
	| 'GEN_UNIQUE_NAME'
	| 'GEN_NAME_LENGTH'
	| 'GEN_UNIQUE_ID'
	| 'GEN_STABLE_ID'
	| 'GEN_CONNECTION'
	| 'GEN_REACHABLE'
	| 'GEN_EXPRESSION'
	| 'GEN_EXPRESSION_SYNTAX'
	| 'GEN_SECRET'
	| 'GEN_ENVIRONMENT'
	| 'GEN_PINNED_DATA'
	| 'GEN_WORKFLOW_REFERENCE'
	| 'GEN_CREDENTIAL'
	| 'GEN_WEBHOOK'
	| 'GEN_SETTINGS'
	| 'GEN_GRID'
	| 'GEN_OVERLAP'
	| 'GEN_LEFT_EDGE'
	| 'GEN_REGION';
