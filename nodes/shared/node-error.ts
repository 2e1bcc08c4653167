import { type IDataObject, type INode, NodeOperationError } from 'n8n-workflow';
import { z } from 'zod/v4';
import { LlmRefusedError, OrchestratorError, redactText, SchemaOutdatedError } from '../../core';

/** Turns whatever was thrown into what the editor shows: what was wrong, and what to do. Causes stay behind: n8n stores errors. */
export function toNodeError(node: INode, error: unknown, itemIndex: number): NodeOperationError {
	if (error instanceof NodeOperationError) {
		error.context.itemIndex ??= itemIndex;
		error.message = redactText(error.message);
		return error;
	}
	const { message, action } = explain(error);
	// The editor's toast shows the message alone, and whoever lacks the schema sees nothing else of us yet.
	const text = error instanceof SchemaOutdatedError ? `${message} ${action}` : message;
	return new NodeOperationError(node, text, { itemIndex, description: action });
}

/** What stays of a failure in an item that goes on: Task Report reads all of it. */
export function errorFields(error: unknown): IDataObject {
	const { code, message, action } = explain(error);
	const retry =
		error instanceof LlmRefusedError && error.retryAt !== null
			? { retry: { recommended: true, not_before: error.retryAt.toISOString() } }
			: {};
	return { error: message, details: { code, action, ...retry } };
}

/** Message and next step of any failure, without secrets: n8n stores and shows them. */
export function explain(error: unknown): { code: string; message: string; action: string } {
	const { code, message, action } = tell(error);
	return { code, message: redactText(message), action: redactText(action) };
}

function tell(error: unknown): { code: string; message: string; action: string } {
	if (error instanceof OrchestratorError) {
		return { code: error.code, message: error.message, action: error.action };
	}
	if (error instanceof z.ZodError) {
		return {
			code: 'MO_INVALID_INPUT',
			message: `The input of this node is not as expected: ${readIssues(error)}`,
			action: `Look at ${fieldsOf(error)} of the item that reaches this node: it should come from the node before as that one gave it.`,
		};
	}
	return {
		code: 'MO_UNEXPECTED',
		message: error instanceof Error ? error.message : String(error),
		action: 'If it repeats, report it with the steps that lead here.',
	};
}

/** “path: complaint” for each issue, without the values. */
export function readIssues(error: z.ZodError): string {
	return error.issues
		.slice(0, MOST_ISSUES)
		.map((issue) => `${pathOf(issue)}: ${issue.message}`)
		.join('; ');
}

/** So many are told of one input. */
export const MOST_ISSUES = 5;

/** The field that an issue is about. */
export const pathOf = ({ path }: z.core.$ZodIssue) => path.map(String).join('.') || 'value';

function fieldsOf({ issues }: z.ZodError): string {
	return [...new Set(issues.slice(0, MOST_ISSUES).map((issue) => `“${pathOf(issue)}”`))].join(', ');
}
