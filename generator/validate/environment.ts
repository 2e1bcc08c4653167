import type { Rule } from './finding';
import { parameterTexts } from './parameter-text';

/** n8n blocks `$env` by default, and where it does not, it shows the process's secrets; `$vars` exist on paid plans only. */
const INSTANCE_STATE = /\$(?:env|vars|secrets)\b|\bprocess\s*\.\s*env\b/;

export const environment: Rule = {
	code: 'GEN_ENVIRONMENT',
	scope: 'generated',
	promise: 'No expression reads the environment of the instance.',
	check: ({ nodes }) =>
		nodes.flatMap((node) =>
			parameterTexts(node)
				.filter(({ text }) => INSTANCE_STATE.test(text))
				.map(({ path }) => `“${node.name}” (${path}) reads the environment.`),
		),
};
