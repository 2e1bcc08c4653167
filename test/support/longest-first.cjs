const { basename } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * End-to-end files by the time that they take, longest first: they mostly wait, so two side by side end soonest. The one
 * that times answers begins beside one that waits for polls, not beside the one that boots n8n again and again.
 */
const LONGEST = [
	'mutex-queue-mode',
	'live',
	'killed',
	'recipe',
	'editor',
	'legacy-collision',
	'start-command',
	'mutex',
	'lock-bad-input',
];

/** Without a cache jest would go by the size of a file, and the longest one would begin last and run alone. */
module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		return [...tests].sort((a, b) => rank(a.path) - rank(b.path) || a.path.localeCompare(b.path));
	}
};

function rank(path) {
	if (!path.includes('/test/e2e/')) return LONGEST.length + 1;
	const place = LONGEST.indexOf(basename(path, '.test.ts'));
	return place < 0 ? LONGEST.length : place;
}
