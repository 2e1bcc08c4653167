import { readFileSync, rmSync } from 'node:fs';
import { runLogged, runVisibly } from './children.mjs';
import { environment, inRoot, node24 } from './paths.mjs';

const tool = (...parts) => inRoot('node_modules', ...parts);
const tsc = tool('typescript', 'bin', 'tsc');

/** Checks beside jest; each counts as one test. */
const CHECKS = [
	{ name: 'lint', args: [tool('eslint', 'bin', 'eslint.js'), '.'] },
	{ name: 'types', args: [tsc, '--noEmit'] },
	{ name: 'types-of-tests', args: [tsc, '--noEmit', '-p', inRoot('test', 'tsconfig.json')] },
	{
		name: 'generated-files',
		args: [inRoot('dist', 'generator', 'cli.js'), 'generate', '--all', '--out', inRoot(), '--check'],
	},
];

/** All checks, then jest; with arguments jest alone. The last line is `N passed, N failed`. */
export async function runTests(report, args) {
	const total = { passed: 0, failed: 0, skipped: 0 };
	if (args.length === 0) for (const check of CHECKS) add(total, await runCheck(report, check));
	add(total, await runJest(args));
	const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
	report.say(`${total.passed} passed, ${total.failed} failed${skipped}`);
	return total.failed === 0 ? 0 : 1;
}

async function runCheck(report, { name, args }) {
	try {
		await report.during(name, async () => {
			const { code, tail } = await runLogged(name, node24, args, { env: environment() });
			if (code !== 0) throw new Error(tail());
		});
		return { passed: 1, failed: 0, skipped: 0 };
	} catch (error) {
		report.say(error.message);
		return { passed: 0, failed: 1, skipped: 0 };
	}
}

/** Jest prints what runs by itself, a heartbeat reporter keeps it from falling silent for longer than 2 s. */
async function runJest(args) {
	const results = inRoot('.orchestrator', 'logs', 'jest.json');
	rmSync(results, { force: true });
	const code = await runVisibly(
		node24,
		[
			tool('jest', 'bin', 'jest.js'),
			'--ci',
			'--json',
			`--outputFile=${results}`,
			'--reporters=default',
			`--reporters=${inRoot('host', 'bootstrap', 'jest-heartbeat.cjs')}`,
			...args,
		],
		{ env: environment(), tied: false },
	);
	return countsIn(results, code);
}

/** A jest that ended without its results, or with a suite that could not run, is one failure more. */
function countsIn(file, code) {
	try {
		const read = JSON.parse(readFileSync(file, 'utf8'));
		const counts = {
			passed: read.numPassedTests,
			failed: read.numFailedTests + read.numRuntimeErrorTestSuites,
			skipped: read.numPendingTests + read.numTodoTests,
		};
		return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
	} catch {
		return { passed: 0, failed: 1, skipped: 0 };
	}
}

function add(total, counts) {
	for (const key of Object.keys(total)) total[key] += counts[key];
}
