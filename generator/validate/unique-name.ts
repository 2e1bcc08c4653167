import type { Rule } from './finding';
import { repeated } from './repeated';

export const uniqueName: Rule = {
	code: 'GEN_UNIQUE_NAME',
	scope: 'any',
	promise: 'No two nodes share a name: connections and expressions find nodes by it.',
	check: ({ nodes }) =>
		repeated(nodes.map(({ name }) => name)).map((name) => `“${name}” names several nodes.`),
};
