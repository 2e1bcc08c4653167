import type { Rule } from './finding';

export const pinnedData: Rule = {
	code: 'GEN_PINNED_DATA',
	scope: 'generated',
	promise: 'No data is pinned: a pinned trigger would repeat one old task.',
	check: (workflow) => ('pinData' in workflow ? ['The file has pinned data.'] : []),
};
