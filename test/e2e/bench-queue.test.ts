import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..');
const run = promisify(execFile);

interface Figure {
	section: string;
	what: string;
	figure: number;
	target: string;
	met: string;
}

let dir: string;

beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'mo-bench-test-'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe('npm run bench -- queue', () => {
	test('measures every section at small depths beside its peers and writes the table between its marks', async () => {
		const file = join(dir, 'table.md');
		await writeFile(file, 'before\n<!-- queue: begin -->\nold\n<!-- queue: end -->\nafter\n');
		await bench(['queue', '--quick', '--write', file]);
		const text = await readFile(file, 'utf8');
		expect(text).toMatch(/^before\n<!-- queue: begin -->\n[^]+<!-- queue: end -->\nafter\n$/);
		expect(text).not.toContain('old');

		const figures = figuresOf(text);
		const sections = [...new Set(figures.map(({ section }) => section))];
		expect(sections).toEqual(['claim of 10', 'enqueue', 'claim + complete', 'caps', 'heartbeat', 'history']);
		for (const { what, figure } of figures) {
			if (!what.startsWith('short claims')) expect([what, figure > 0]).toEqual([what, true]);
		}
		// What no slow machine can change.
		for (const each of figures.filter(({ what }) => /^(short claims|client round trips)/.test(what))) {
			expect(each).toMatchObject({ met: 'yes' });
		}
		for (const peer of ['ours to plain', 'faster peer', 'ours to pg-boss', 'counter row']) {
			expect(figures.some(({ what }) => what.includes(peer))).toBe(true);
		}
	}, 300_000);

	test('says what there is when it is asked for something else', async () => {
		for (const args of [['queues'], ['queue', '--deep'], ['queue', '--only', 'claims']]) {
			await expect(bench(args)).rejects.toMatchObject({
				code: 2,
				stderr: expect.stringContaining('npm run bench -- queue [--quick]') as string,
			});
		}
	}, 60_000);
});

const bench = async (args: string[]) =>
	run(process.execPath, [join(ROOT, 'bench', 'run.mjs'), ...args], { cwd: ROOT, maxBuffer: 1e7 });

/** The rows of the table under its head. */
function figuresOf(text: string): Figure[] {
	const lines = text.split('\n').filter((line) => line.startsWith('| '));
	return lines.slice(2).map((line) => {
		const [, section = '', what = '', figure = '', target = '', met = ''] = line
			.split('|')
			.map((cell) => cell.trim());
		return { section, what, figure: Number.parseFloat(figure), target, met };
	});
}
