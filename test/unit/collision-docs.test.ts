import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COLUMNS, type Figures, tableOf } from '../support/collision-table';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'legacy-collision.md'), 'utf8');

const NOTHING: Figures = {
	runs: 0,
	failed: 0,
	sent: 0,
	refused: 0,
	peak: 0,
	limit: 0,
	overlaps: 0,
	longestRoundMs: 0,
	tokens: 0,
	tokensLost: 0,
};

const cellsOf = (line: string) => line.split('|').map((cell) => cell.trim());
const numbersIn = (row: string) =>
	cellsOf(page.split('\n').find((line) => line.startsWith(`| ${row} |`)) ?? '')
		.slice(2, 5)
		.map((cell) => Number.parseInt(cell, 10));

test('the page has the table that the run prints, row by row', () => {
	const printed = tableOf(
		COLUMNS.map(() => NOTHING),
		20,
	).split('\n');
	const [header = '', , ...rows] = printed;
	expect(page).toContain(`${header}\n| --- |`);
	const titles = rows.map((line) => cellsOf(line)[1]);
	const there = titles.filter((title) => page.includes(`\n| ${title} |`));
	expect(there).toEqual(titles);
});

test('its figures say what the text says: refusals and overlaps as they are, none alone or in one lock', () => {
	for (const row of ['refused with 429', 'pairs of runs that overlapped', 'tokens of runs that failed']) {
		const [alone, together, locked] = numbersIn(row);
		expect([row, alone, locked]).toEqual([row, 0, 0]);
		expect(together).toBeGreaterThan(0);
	}
	const [alone, together, locked] = numbersIn('most requests in one window');
	expect(Math.max(alone ?? NaN, locked ?? NaN)).toBeLessThanOrEqual(50);
	expect(together).toBeGreaterThan(50);
});
