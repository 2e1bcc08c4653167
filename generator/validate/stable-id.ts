import type { Rule } from './finding';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;

export const stableId: Rule = {
	code: 'GEN_STABLE_ID',
	scope: 'generated',
	promise: 'Every node has an id that is the same at every run.',
	check: ({ nodes }) =>
		nodes
			.filter(({ id }) => !UUID.test(id))
			.map(({ name, id }) => `“${name}” has the id ${id}, expected a stable one.`),
};
