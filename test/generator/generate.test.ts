import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateAll, generatePhase } from '../../generator/generate';
import { compareFiles, writeFiles } from '../../generator/write-files';
import { CONTEXT, ROOT } from './sources';

let directory: string;

beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'generate-'));
});
afterEach(async () => {
	await rm(directory, { recursive: true, force: true });
});

test('two runs give the same bytes', () => {
	expect(generatePhase(2, CONTEXT)).toEqual(generatePhase(2, CONTEXT));
});

test('the committed workflows are what the generator makes', async () => {
	for (const { folder, files } of generateAll(CONTEXT)) {
		const differences = await compareFiles(join(ROOT, folder), files);
		expect({ folder, differences }).toEqual({ folder, differences: [] });
	}
});

test('every folder of workflows that is committed is generated', async () => {
	const folders = generateAll(CONTEXT).map(({ folder }) => folder);
	const committed = (await readdir(join(ROOT, 'workflows'))).map((name) => `workflows/${name}`);
	expect(committed.filter((folder) => !folders.includes(folder))).toEqual([]);
});

test('what was written compares equal, and writing it again leaves nothing else behind', async () => {
	const files = generatePhase(2, CONTEXT);
	await writeFiles(directory, files);
	await writeFiles(directory, files);
	expect(await compareFiles(directory, files)).toEqual([]);
	expect((await readdir(directory)).sort()).toEqual(files.map(({ name }) => name).sort());
});

test('one changed byte is found and its file named', async () => {
	const files = generatePhase(2, CONTEXT);
	await writeFiles(directory, files);
	const target = join(directory, 'setup.json');
	const bytes = await readFile(target);
	bytes[100] = (bytes[100] ?? 0) ^ 1;
	await writeFile(target, bytes);
	expect(await compareFiles(directory, files)).toEqual([`${target} differs`]);
});

test('a missing file and a foreign one are found', async () => {
	const files = generatePhase(2, CONTEXT);
	await writeFiles(directory, files);
	await rm(join(directory, 'setup.json'));
	await writeFile(join(directory, 'old.json'), '{}');
	expect(await compareFiles(directory, files)).toEqual([
		`${join(directory, 'setup.json')} is missing`,
		`${join(directory, 'old.json')} is not generated`,
	]);
});

test('a folder that cannot be written to is named, and no file is half written', async () => {
	const file = join(directory, 'file');
	await writeFile(file, '');
	await expect(writeFiles(join(file, 'out'), generatePhase(2, CONTEXT))).rejects.toMatchObject({
		code: 'MO_FILE_ACCESS',
		message: expect.stringContaining('a part of the path is a file'),
	});
});

test('a read-only folder stays empty', async () => {
	await chmod(directory, 0o555);
	const written = writeFiles(directory, generatePhase(2, CONTEXT)).then(
		() => 'written',
		(error: { code: string }) => error.code,
	);
	const outcome = await written;
	await chmod(directory, 0o755);
	// Root may write everywhere; then the files are complete.
	expect([outcome, (await readdir(directory)).length]).toEqual(
		process.getuid?.() === 0 ? ['written', 4] : ['MO_FILE_ACCESS', 0],
	);
});

test.each([
	['an unknown phase', 7, CONTEXT, 'There is no phase 7.'],
	[
		'a deployment that is no path',
		2,
		{ ...CONTEXT, deployment: 'Main Site' },
		'does not fit into a webhook path',
	],
	[
		'an unknown time zone',
		2,
		{ ...CONTEXT, timezone: 'Mars/Olympus' },
		'The time zone “Mars/Olympus” is unknown.',
	],
])('%s is refused before anything is made', (_, phase, context, message) => {
	expect(() => generatePhase(phase, context)).toThrow(message);
});

test('two deployments share no webhook, no workflow id and no name', () => {
	const unique = (deployment: string) =>
		generatePhase(2, { ...CONTEXT, deployment }).flatMap(({ text }) => {
			const workflow = JSON.parse(text) as { id: string; name: string; nodes: Array<{ webhookId?: string }> };
			return [workflow.id, workflow.name, ...workflow.nodes.flatMap(({ webhookId }) => webhookId ?? [])];
		});
	const main = unique('main');
	expect(unique('staging').filter((value) => main.includes(value))).toEqual([]);
	expect(main).toContain('Master Orchestrator');
});

test('the heartbeat keeps no success data, the pipeline ends with its deadline', () => {
	const settingsOf = (name: string) => {
		const file = generatePhase(2, CONTEXT).find((other) => other.name === name);
		return (JSON.parse(file?.text ?? '{}') as { settings: unknown }).settings;
	};
	expect(settingsOf('master-orchestrator.json')).toMatchObject({ saveDataSuccessExecution: 'none' });
	expect(settingsOf('content-pipeline.json')).toMatchObject({ executionTimeout: 300 });
});
