/**
 * The first thing that runs on a fresh clone: plain JavaScript for the system's Node 20, with nothing installed.
 * It brings the dependencies, the pinned n8n and the build up to date, then hands over to Node 24.
 */
import { checkNode } from './bootstrap/node-version.mjs';
import { ReportedError, reporter } from './bootstrap/report.mjs';
import { testOnServer } from './bootstrap/other-server.mjs';
import { prepare, prepareTestPrograms } from './bootstrap/prepare.mjs';
import { runStart } from './bootstrap/start.mjs';
import { runTests } from './bootstrap/test.mjs';

const [command, ...args] = process.argv.slice(2);

const commands = {
	setup: async (report) => {
		await prepare(report);
		return 0;
	},
	start: async (report) => {
		await prepare(report);
		return runStart(args);
	},
	'test:postgres': async (report) => {
		await prepare(report);
		return testOnServer(report, args);
	},
	test: async (report) => {
		await prepare(report);
		if (args.length === 0) await prepareTestPrograms(report);
		return runTests(report, args);
	},
};

const report = reporter(process.stdout);
try {
	checkNode(process.versions.node);
	const run = commands[command];
	if (!run)
		throw new ReportedError(`Unknown command “${command ?? ''}”. Use setup, start, test or test:postgres.`);
	process.exitCode = await run(report);
} catch (error) {
	process.exitCode = 1;
	report.say(error instanceof ReportedError ? `\n${error.message}` : `\n${error.stack ?? error}`);
}
