import type { Rule } from './finding';
import { expressions } from './parameter-text';

/**
 * n8n ends an expression at the first `}}`, wherever it stands: in nested object literals too. So braces must balance
 * between each `{{` and the next `}}`.
 */
export const expressionSyntax: Rule = {
	code: 'GEN_EXPRESSION_SYNTAX',
	scope: 'generated',
	promise: 'Every expression opens, closes and is whole JavaScript between the braces.',
	check: ({ nodes }) =>
		nodes.flatMap((node) =>
			expressions(node)
				.filter(({ text }) => !isWhole(text.slice(1)))
				.map(({ path, text }) => `“${node.name}” (${path}) has a broken expression: ${text}`),
		),
};

function isWhole(text: string): boolean {
	const parts = [...text.matchAll(/\{\{([\s\S]*?)\}\}/g)].map((match) => match[1] ?? '');
	const rest = text.replaceAll(/\{\{[\s\S]*?\}\}/g, '');
	if (parts.length === 0 || rest.includes('{{') || rest.includes('}}')) return false;
	return parts.every(compiles);
}

/** Compiles, never runs. */
function compiles(source: string): boolean {
	try {
		return new Function(`return (${source}\n);`) instanceof Function;
	} catch {
		return false;
	}
}
