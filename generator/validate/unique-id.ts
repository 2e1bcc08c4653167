import type { Rule } from './finding';
import { repeated } from './repeated';

export const uniqueId: Rule = {
	code: 'GEN_UNIQUE_ID',
	scope: 'any',
	promise: 'No two nodes share an id.',
	check: ({ nodes }) =>
		repeated(nodes.map(({ id }) => id).filter((id) => id !== '')).map(
			(id) => `The id ${id} belongs to several nodes.`,
		),
};
