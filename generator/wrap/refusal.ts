/** Why a workflow is left as it is. The code is stable; the node is the one to look at. */
export interface Refusal {
	code: RefusalCode;
	node?: string;
	/** What is wrong, and what would have gone wrong. */
	reason: string;
	/** What the operator can do. */
	action: string;
}

export type RefusalCode =
	| 'WRAP_NOT_JSON'
	| 'WRAP_NOT_A_WORKFLOW'
	| 'WRAP_TOO_LARGE'
	| 'WRAP_HOSTILE_KEY'
	| 'WRAP_DUPLICATE_NAME'
	| 'WRAP_CONNECTED_BY_ID'
	| 'WRAP_NO_LOCK_NAME'
	| 'WRAP_OTHER_LOCK'
	| 'WRAP_OTHER_BUSY'
	| 'WRAP_OTHER_WAIT'
	| 'WRAP_OUTPUTS'
	| 'WRAP_PREVIOUS_NODE'
	| 'WRAP_EXECUTE_ONCE'
	| 'WRAP_KEY_ORDER'
	| 'WRAP_LEGACY_INPUT'
	| 'WRAP_LEGACY_ORDER'
	| 'WRAP_GUARD_INPUT'
	| 'WRAP_WOULD_DROP'
	| 'WRAP_LOCK_CYCLE'
	| 'UNWRAP_BUSY_BRANCH'
	| 'LIVE_ARCHIVED'
	| 'LIVE_UNPUBLISHED_EDITS'
	| 'LIVE_NODE_FIELD'
	| 'LIVE_WEBHOOK_ID';

/** Something that is kept as it is, and that the operator should know of. */
export interface Warning {
	code: WarningCode;
	node?: string;
	message: string;
}

export type WarningCode =
	| 'WRAP_DANGLING_EDGE'
	| 'WRAP_ASSUMED_TRIGGER'
	| 'WRAP_TOOL_SERVER'
	| 'WRAP_CALLED'
	| 'WRAP_ANSWER_500'
	| 'WRAP_CHILD_MAY_PARK';
