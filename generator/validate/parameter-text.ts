import type { ParameterValue } from '../definition';
import type { NodeJson } from '../workflow-json';

/** Every string in a node's parameters, with its path, however deep. */
export function parameterTexts(node: NodeJson): Array<{ path: string; text: string }> {
	return textsIn(node.parameters, '');
}

/** Those that n8n evaluates. */
export function expressions(node: NodeJson): Array<{ path: string; text: string }> {
	return parameterTexts(node).filter(({ text }) => text.startsWith('='));
}

function textsIn(value: ParameterValue, path: string): Array<{ path: string; text: string }> {
	if (typeof value === 'string') return [{ path, text: value }];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		textsIn(inner, path === '' ? key : `${path}.${key}`),
	);
}
