export { type BusyChoice, parseBusyChoice } from './busy-policy';
export { findLockCycles } from './calls';
export { findEntries } from './entries';
export type { ForeignNode, ForeignWorkflow } from './foreign-workflow';
export { MUTEX, roleOf } from './inserted';
export { heldLock } from './lock-name';
export { MAX_BYTES, readWorkflows, type WorkflowFile, writeWorkflows } from './read-workflow';
export type { Refusal, Warning } from './refusal';
export { unwrap, type UnwrapResult } from './unwrap';
export { wrap, type WrapOptions, type WrapReport, type WrapResult } from './wrap';
export { describeUnwrapped, describeWrapped } from './report-text';
export {
	type Change,
	type FileResult,
	type SourceFile,
	unwrapFiles,
	unwrapping,
	wrapFiles,
	wrapping,
} from './wrap-files';
