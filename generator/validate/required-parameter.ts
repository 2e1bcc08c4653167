import { CATALOGUE } from '../catalogue';
import type { Rule } from './finding';

export const requiredParameter: Rule = {
	code: 'GEN_REQUIRED_PARAMETER',
	scope: 'generated',
	promise: 'Every parameter that a node needs has a value.',
	check: ({ nodes }) =>
		nodes.flatMap(({ name, type, parameters }) =>
			(CATALOGUE.get(type)?.required ?? [])
				.filter((parameter) => [undefined, null, ''].includes(parameters[parameter] as never))
				.map((parameter) => `“${name}” has no value for “${parameter}”.`),
		),
};
