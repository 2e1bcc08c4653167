import { CATALOGUE, CREDENTIAL_NAMES } from '../catalogue';
import type { NodeJson } from '../workflow-json';
import type { Rule } from './finding';

export const credential: Rule = {
	code: 'GEN_CREDENTIAL',
	scope: 'generated',
	promise: 'Each node has exactly the credential slots it needs, by their fixed names and without an id.',
	check: ({ nodes }) => nodes.flatMap((node) => [...missing(node), ...wrong(node)]),
};

function missing(node: NodeJson): string[] {
	const needed = CATALOGUE.get(node.type)?.credentials(node.parameters) ?? [];
	return needed
		.filter((type) => node.credentials?.[type] === undefined)
		.map((type) => `“${node.name}” has no slot for ${type}.`);
}

function wrong(node: NodeJson): string[] {
	const needed = CATALOGUE.get(node.type)?.credentials(node.parameters) ?? [];
	return Object.entries(node.credentials ?? {}).flatMap(([type, slot]) => {
		if (!needed.includes(type)) return [`“${node.name}” has a slot for ${type}, which it does not use.`];
		const expected = JSON.stringify({ id: null, name: CREDENTIAL_NAMES[type] });
		if (JSON.stringify(slot) === expected) return [];
		return [`“${node.name}” fills ${type} with ${JSON.stringify(slot)}, expected ${expected}.`];
	});
}
