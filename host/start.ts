import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OrchestratorError } from '../core';
import { renderTaskTable } from '../generator/render-table';
import { describeProblem, readTopics } from '../generator/topics';
import { HostError } from './host-error';
import { progressOn, type Progress } from './progress';
import { startHost, type Host } from './stage';
import { findPackageRoot, readStartOptions, type StartOptions } from './start-options';
import { watchQueue, watchTasks } from './task-watch';

/** The main job: everything set up and started, the sample's topics enqueued, and their way watched to the end. */
async function main(progress: Progress, signal: AbortSignal): Promise<number> {
	const options = readStartOptions(process.argv.slice(2), process.env, findPackageRoot(__dirname));
	progress.say('\nMaster Orchestrator · one queue for all your n8n workflows\n');
	const host = await startHost({ ...options.host, progress, signal });
	try {
		return await work(host, options, progress, signal);
	} finally {
		await progress.during('stopping everything', () => host.stop());
	}
}

async function work(
	host: Host,
	options: StartOptions,
	progress: Progress,
	signal: AbortSignal,
): Promise<number> {
	greet(host, progress);
	const taskIds = await enqueueTopics(
		host,
		join(options.host.packageRoot, 'samples', 'topics.csv'),
		progress,
	);
	const tasks = await watchTasks(host.orchestrator, taskIds, progress, signal);
	const oldestFirst = [...tasks].sort((a, b) => Number(a.taskId) - Number(b.taskId));
	progress.say(`\n${renderTaskTable(oldestFirst, process.stdout.columns)}`);
	const succeeded = tasks.filter(({ state }) => state === 'succeeded').length;
	progress.say(`\n${succeeded} of ${tasks.length} tasks succeeded.`);
	if (options.once) return succeeded === tasks.length ? 0 : 1;
	greet(host, progress);
	progress.say(
		'Everything stays up; changes appear here. Ctrl-C stops it all, the next npm start resumes.\n',
	);
	await watchQueue(host.orchestrator, progress, signal);
	return 0;
}

async function enqueueTopics(host: Host, file: string, progress: Progress): Promise<ReadonlySet<string>> {
	const { tasks, problems } = readTopics(await readFile(file, 'utf8'), 'content_pipeline');
	for (const problem of problems) progress.say(`  ! ${file}: ${describeProblem(problem)} (row left out)`);
	const enqueued = await host.orchestrator.queue.enqueue(tasks);
	const created = enqueued.filter((task) => task.created).length;
	progress.say(
		`  ${created} topics enqueued, ${enqueued.length - created} were known from an earlier start\n`,
	);
	return new Set(enqueued.map(({ taskId }) => taskId));
}

function greet({ n8nUrl, login, simulator, database }: Host, progress: Progress): void {
	progress.say(`\n  Editor    ${n8nUrl}`);
	if (login !== null) progress.say(`  Login     ${login.email}  ${login.password}`);
	progress.say(`  Database  ${database.host}:${database.port}/${database.database}`);
	progress.say(
		`  Models    ${simulator === null ? 'real providers' : `simulator on port ${simulator.port}`}\n`,
	);
}

function explain(error: unknown, progress: Progress): void {
	if (error instanceof HostError || error instanceof OrchestratorError) {
		progress.say(`\n${error.message}\n→ ${error.action}`);
		if (error instanceof HostError && error.log.length > 0) progress.say(`\n${error.log.join('\n')}`);
		return;
	}
	progress.say(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

/** Ctrl-C, SIGTERM, a closed terminal, and the death of the process that started this one. */
function stopSignals(): AbortSignal {
	const controller = new AbortController();
	const stop = () => controller.abort();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
	process.on('disconnect', stop);
	return controller.signal;
}

async function run(): Promise<void> {
	const progress = progressOn(process.stdout);
	const signal = stopSignals();
	try {
		process.exitCode = await main(progress, signal);
	} catch (error) {
		process.exitCode = signal.aborted ? 130 : 1;
		if (!signal.aborted) explain(error, progress);
	}
	if (process.connected) process.disconnect();
}

if (require.main === module) void run();
