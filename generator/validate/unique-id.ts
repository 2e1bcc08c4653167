import type { Rule } from './finding';
import { repeated } from './repeated';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;

export const uniqueId: Rule = {
	code: 'GEN_UNIQUE_ID',
	promise: 'Every node has a stable id of its own.',
	check: ({ nodes }) => [
		...nodes
			.filter(({ id }) => !UUID.test(id))
			.map(({ name, id }) => `“${name}” has the id ${id}, expected a stable one.`),
		...repeated(nodes.map(({ id }) => id)).map((id) => `The id ${id} belongs to several nodes.`),
	],
};
