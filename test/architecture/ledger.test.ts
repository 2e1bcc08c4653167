import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const LEDGER = join(ROOT, 'docs', 'requirements.md');

interface NamedTest {
	row: string;
	file: string;
	name: string;
}

/** Every `file › "test name"` in the ledger's table rows. */
function namedTests(markdown: string): NamedTest[] {
	return markdown
		.split('\n')
		.filter((line) => line.startsWith('| '))
		.flatMap((line) =>
			[...line.matchAll(/`(test\/[^`]+?\.test\.ts)` › “([^”]+)”/g)].map(([, file = '', name = '']) => ({
				row: line.split('|')[1]?.trim() ?? '?',
				file,
				name,
			})),
		);
}

/** Names of the tests of a file that really run: `test.skip`, `xit` and `test.todo` do not count. */
function runningTests(source: string): Set<string> {
	const calls = source.matchAll(
		/(?<![.\w])(?:test|it)(?:\.each(?:\([^;]*?\)))?\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g,
	);
	return new Set([...calls].map(([, , name = '']) => name.replace(/\\(['"`])/g, '$1')));
}

describe('the requirements ledger', () => {
	const tests = namedTests(readFileSync(LEDGER, 'utf8'));

	test('names tests at all', () => {
		expect(tests.length).toBeGreaterThan(20);
	});

	test('names only tests that exist and are not skipped', () => {
		const missing = tests.filter(({ file, name }) => {
			const path = join(ROOT, file);
			return !existsSync(path) || !runningTests(readFileSync(path, 'utf8')).has(name);
		});
		expect(missing).toEqual([]);
	});

	test('would notice a skipped, renamed or commented-out test', () => {
		const source = `test('runs', () => {}); test.skip('sleeps', () => {}); xit('is off', () => {}); test.todo('later');`;
		expect([...runningTests(source)]).toEqual(['runs']);
	});
});
