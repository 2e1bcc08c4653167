import { CATALOGUE } from '../catalogue';
import type { Rule } from './finding';

export const nodeType: Rule = {
	code: 'GEN_NODE_TYPE',
	scope: 'generated',
	promise: 'Every node has a type and a version that exist.',
	check: ({ nodes }) =>
		nodes.flatMap(({ name, type, typeVersion }) => {
			const kind = CATALOGUE.get(type);
			if (!kind) return [`“${name}” has the unknown type ${type}.`];
			if (kind.versions.includes(typeVersion)) return [];
			return [`“${name}” has version ${typeVersion} of ${type}, expected ${kind.versions.join(' or ')}.`];
		}),
};
