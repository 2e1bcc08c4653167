import { isKnownPackage } from './trigger-kinds';
import type { ForeignNode } from './foreign-workflow';

/** Nodes of n8n that only look at the items they get. Everything else may be seen from outside. */
const PURE = new Set(
	[
		'aggregate',
		'compareDatasets',
		'compression',
		'convertToFile',
		'crypto',
		'dateTime',
		'editImage',
		'extractFromFile',
		'filter',
		'function',
		'functionItem',
		'html',
		'htmlExtract',
		'iCal',
		'if',
		'itemLists',
		'limit',
		'markdown',
		'merge',
		'moveBinaryData',
		'noOp',
		'readPDF',
		'removeDuplicates',
		'renameKeys',
		'set',
		'sort',
		'splitInBatches',
		'splitOut',
		'spreadsheetFile',
		'stickyNote',
		'stopAndError',
		'summarize',
		'switch',
		'wait',
		'xml',
	].map((name) => `n8n-nodes-base.${name}`),
);

/** A Code node with these can reach out; without them it only computes. */
const REACHES_OUT = /\bhelpers\b|\brequire\s*\(|\bfetch\s*\(|\bimport\b|\bgetWorkflowStaticData\b/;

/** True unless we know that running this node twice at once harms nobody. */
export function hasOutsideEffects({ type, parameters = {}, disabled }: ForeignNode): boolean {
	if (disabled === true) return false;
	if (!isKnownPackage(type)) return true;
	if (type === 'n8n-nodes-base.code' || type === 'n8n-nodes-base.function') {
		return Object.values(parameters).some((code) => typeof code === 'string' && REACHES_OUT.test(code));
	}
	return !PURE.has(type);
}
