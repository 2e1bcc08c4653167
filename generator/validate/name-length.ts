import { STICKY_NOTE } from '../catalogue';
import { LONGEST_NAME } from '../geometry';
import type { Rule } from './finding';

export const nameLength: Rule = {
	code: 'GEN_NAME_LENGTH',
	scope: 'generated',
	promise: 'Names fit under their nodes without an ellipsis.',
	check: ({ nodes }) =>
		nodes
			.filter(({ name, type }) => type !== STICKY_NOTE && (name.trim() === '' || name.length > LONGEST_NAME))
			.map(({ name }) => `“${name}” has ${name.length} characters, expected 1 to ${LONGEST_NAME}.`),
};
