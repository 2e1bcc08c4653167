export { type BusyChoice, parseBusyChoice } from './busy-policy';
export type { ForeignNode, ForeignWorkflow } from './foreign-workflow';
export { MAX_BYTES, readWorkflows, type WorkflowFile, writeWorkflows } from './read-workflow';
export type { Refusal, Warning } from './refusal';
export { unwrap, type UnwrapResult } from './unwrap';
export { wrap, type WrapOptions, type WrapReport, type WrapResult } from './wrap';
export { describeUnwrapped, describeWrapped, plain } from './report-text';
export { type FileResult, type SourceFile, unwrapFiles, wrapFiles } from './wrap-files';
