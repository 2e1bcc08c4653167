import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Orchestrator } from '../../core';
import { bury, emptyQueue, openQueue, task, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { HOOK, ROOT } from './sources';

interface Operation {
	title: string;
	changes: boolean;
	sh: string;
	sql: string;
}

/** Every “### …” of the document, with its two examples. */
function operationsOf(markdown: string): Operation[] {
	return markdown.split(/^## /m).flatMap((chapter) => {
		const changes = chapter.startsWith('Change');
		return chapter
			.split(/^### /m)
			.slice(1)
			.map((section) => ({
				title: section.split('\n')[0] ?? '',
				changes,
				sh: blockOf(section, 'sh'),
				sql: blockOf(section, 'sql'),
			}));
	});
}

function blockOf(section: string, language: string): string {
	const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
	if (blocks.length !== 1)
		throw new Error(`${blocks.length} blocks of ${language} in “${section.slice(0, 40)}…”`);
	return blocks[0]?.[1] ?? '';
}

const operations = operationsOf(readFileSync(join(ROOT, 'docs', 'queue.md'), 'utf8'));

let database: TestDatabase;
let orchestrator: Orchestrator;
let bin: string;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	bin = mkdtempSync(join(tmpdir(), 'bin-'));
	const cli = `#!/bin/sh\nexec "${process.execPath}" -r "${HOOK}" "${join(ROOT, 'generator', 'cli.ts')}" "$@"\n`;
	writeFileSync(join(bin, 'master-orchestrator'), cli, { mode: 0o755 });
});
afterAll(async () => {
	rmSync(bin, { recursive: true, force: true });
	await database.drop();
});

/** Task 17 is dead, 18 and 19 wait, the key of 18 is paused: what the document's numbers mean. */
async function arrange(): Promise<void> {
	await emptyQueue(database);
	await database.query(
		'update orchestrator.fair_keys set paused_at = null, paused_by = null, paused_reason = null, weight = 1',
	);
	await database.query(
		`update orchestrator.workflow_types set paused_at = null, paused_by = null, paused_reason = null, max_attempts = default,
			queue_limit_seconds = default, max_concurrent = default`,
	);
	await database.query(`select setval('orchestrator.tasks_id_seq', 17, false)`);
	await bury(orchestrator);
	await orchestrator.queue.enqueue([task({ input: { topic: 'tea', content_type: 'news' } }), task()]);
	await orchestrator.queue.pause({ fairKey: `${TYPE}:news` }, { actor: 'ann', reason: 'too many' });
}

/** What an operation may change, without times and names. */
const state = async () => ({
	tasks: await database.query(
		`select id, state, workflow_type, input, priority, overrides, successors, attempts from orchestrator.tasks order by id`,
	),
	keys: await database.query(
		`select fair_key, weight, paused_at is not null as paused, paused_reason from orchestrator.fair_keys order by 1`,
	),
	types: await database.query(
		`select to_jsonb(y) - 'paused_at' - 'paused_by' as settings, paused_at is not null as paused
			from orchestrator.workflow_types y order by workflow_type`,
	),
	letters: await database.query('select task_id, status from orchestrator.dead_letters order by 1'),
});

async function shell(script: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
	const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}`, DATABASE_URL: database.url };
	const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
	const said = { stdout: '', stderr: '' };
	child.stdout.setEncoding('utf8').on('data', (text: string) => void (said.stdout += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => void (said.stderr += text));
	return await new Promise((resolve) => child.on('close', (status) => resolve({ ...said, status })));
}

test('the document has every operation of the command line', () => {
	const examples = operations.map(({ sh }) => sh).join('');
	for (const command of ['peek', 'keys', 'explain', 'why-idle', 'pause', 'resume', 'weight', 'cancel'])
		expect(examples).toContain(`master-orchestrator queue ${command}`);
	for (const command of ['list', 'set']) expect(examples).toContain(`master-orchestrator type ${command}`);
	for (const command of ['list', 'analyze', 'inspect', 'redrive', 'discard'])
		expect(examples).toContain(`master-orchestrator dead-letters ${command}`);
	expect(operations).toHaveLength(18);
});

test.each(operations.map((operation) => [operation.title, operation] as const))(
	'%s: command line and psql do the same',
	async (_, { sh, sql, changes }) => {
		await arrange();
		const before = await state();
		const { status, stdout, stderr } = await shell(sh);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toMatch(/content_pipeline|Task|tasks|dead letters|cancelled/);
		const byCommand = await state();
		await arrange();
		expect(await state()).toEqual(before);
		const { rows } = await (await database.as('worker')).query(sql);
		expect(rows.length).toBeGreaterThan(0);
		expect(await state()).toEqual(byCommand);
		if (changes) expect(byCommand).not.toEqual(before);
		else expect(byCommand).toEqual(before);
	},
	30_000,
);
