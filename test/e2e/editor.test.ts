import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import { createOrchestrator, type Orchestrator } from '../../core';
import { openBrowser, signIn } from '../support/browser';
import { lookAtCanvas } from '../support/canvas';
import { type Editor, editorOf } from '../support/editor';
import { type LoopbackRegistry, startLoopbackRegistry } from '../support/npm-registry';
import { startStage, type Stage } from '../support/stage';
import { until } from '../support/verdict';

const ROOT = join(__dirname, '..', '..');
const PICTURES = join(ROOT, '.orchestrator', 'screenshots');
const SECRET = 'the-shared-secret-of-the-editor-test';
const file = (name: string) => join(ROOT, 'workflows', 'phase-2', `${name}.json`);

let stage: Stage;
let registry: LoopbackRegistry;
let workDir: string;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
let editor: Editor;
let db: Client;
let orchestrator: Orchestrator;
let databaseUrl: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
	workDir = await mkdtemp(join(tmpdir(), 'mo-editor-'));
	await mkdir(PICTURES, { recursive: true });
	registry = await startLoopbackRegistry(ROOT, workDir);
	stage = await startStage('editor', {
		withPackage: false,
		llmKeyRequired: false,
		env: { PATH: registry.path },
	});
	databaseUrl = await emptyDatabase();
	browser = await openBrowser();
	page = browser.page;
	editor = editorOf(page, stage.n8nUrl, PICTURES);
	const login = stage.host.login;
	if (!login) throw new Error('the stage has no login');
	await signIn(page, stage.n8nUrl, login.email, login.password);
}, 240_000);

afterAll(async () => {
	await orchestrator?.close();
	await db?.end();
	await browser?.close();
	await stage?.stop();
	await registry?.close();
	await rm(workDir, { recursive: true, force: true });
}, 60_000);

describe('a stranger with nothing but the editor', () => {
	test('installs the package as a community package', async () => {
		await editor.installPackage('n8n-nodes-master-orchestrator');
		const { rows } = await stage.n8nDatabase.query<{ type: string }>(
			'select type from installed_nodes order by type',
		);
		expect(rows).toHaveLength(12);
	}, 240_000);

	test('creates two credentials, which say what is missing', async () => {
		const url = new URL(databaseUrl);
		const verdict = await editor.createCredential('Orchestrator Postgres', {
			host: url.hostname,
			port: url.port,
			database: url.pathname.slice(1),
			user: url.username,
			password: url.password,
		});
		expect(verdict).toMatch(/successful/i);
		expect(await editor.createCredential('Orchestrator Signing', { secret: SECRET })).toMatch(/successful/i);
		const { rows } = await stage.n8nDatabase.query<{ name: string }>(
			'select name from credentials_entity order by name',
		);
		expect(rows.map((row) => row.name)).toEqual([
			'Orchestrator Postgres account',
			'Orchestrator Signing account',
		]);
	}, 120_000);

	test('is told both ways to set up when a workflow runs before the database is', async () => {
		const early = await editor.importFile(file('master-orchestrator'));
		const toast = await editor.execute();
		expect(toast).toContain('Problem in node');
		await page.screenshot({ path: join(PICTURES, 'unmigrated.png') });
		expect(toast).toContain('master-orchestrator migrate');
		expect(toast).toContain('Set Up Database');
		await stage.host.client.deleteWorkflow(early);
	}, 120_000);

	test('is told both ways when a workflow is published before the database is set up', async () => {
		ids['content-pipeline'] = await editor.importFile(file('content-pipeline'));
		expect(await editor.publish()).toEqual({ published: true });
		const toast = await editor.waitForToast(/could not be activated/, 60_000);
		await page.screenshot({ path: join(PICTURES, 'unmigrated-publish.png') });
		expect(toast).toContain('master-orchestrator migrate');
		expect(toast).toContain('Set Up Database');
	}, 120_000);

	test('sets the database up by executing one workflow', async () => {
		await editor.importFile(file('setup'));
		expect(await editor.execute()).toMatch(/success/i);
		await page.screenshot({ path: join(PICTURES, 'setup.png') });
		orchestrator = createOrchestrator({ connection: { connectionString: databaseUrl } });
		expect((await orchestrator.schema.status()).state).toBe('current');
		db = new Client({ connectionString: databaseUrl });
		await db.connect();
	}, 120_000);

	test('imports and publishes the workflows in any order, on an instance with other ids', async () => {
		for (const name of ['master-orchestrator', 'error-handler', 'content-pipeline']) {
			if (ids[name] === undefined) ids[name] = await editor.importFile(file(name));
			else await editor.open(ids[name]);
			expect(await savingOf(ids[name])).toBe('as the instance does: the import left the settings out');
			if (name === 'master-orchestrator') await editor.saveNoSuccesses();
			expect(await editor.publish()).toEqual({ published: true });
		}
		expect(await savingOf(ids['master-orchestrator'] ?? '')).toBe('none');
	}, 240_000);

	test('sees one task complete, and no pass of the Master in the history', async () => {
		await useSimulator();
		await orchestrator.queue.enqueue([
			{
				workflowType: 'content_pipeline',
				idempotencyKey: 'one',
				input: { topic: 'A first article', language: 'en', category: 'start', target_keyword: 'article' },
			},
		]);
		const task = await until(
			'the task has succeeded',
			async () => (await orchestrator.queue.list()).find((each) => each.state === 'succeeded'),
			90_000,
		);
		expect(task.result).toMatchObject({ published: 'published' });
		await until(
			'the Master’s passes are gone',
			async () => (await kept('master-orchestrator')) === 0,
			30_000,
		);
		expect(await kept('content-pipeline')).toBe(1);
	}, 120_000);

	test('gets a clear message about the path when a second copy is published', async () => {
		const copy = await editor.importFile(file('content-pipeline'));
		const answer = await editor.publish();
		expect(answer).toMatchObject({
			published: false,
			message: expect.stringMatching(/‘?Task Trigger’?.*Content Pipeline.*conflicting URL path/) as string,
		});
		await stage.host.client.deleteWorkflow(copy);
		const { rows } = await db.query(
			'select 1 from orchestrator.endpoints where kind = $1 and not test and disabled_at is null',
			['task'],
		);
		expect(rows).toHaveLength(1);
	}, 120_000);
});

describe('the canvas at 1440 × 900, zoomed to fit', () => {
	test.each(['master-orchestrator', 'content-pipeline', 'error-handler'])(
		'%s has no overlap, no missing icon, no cut name, and every node in one sticky note',
		async (name) => {
			await editor.open(ids[name] ?? '');
			const findings = await lookAtCanvas(page, join(PICTURES, `${name}.png`));
			expect(findings).toMatchObject({ overlapping: [], notInOneSticky: [], withoutIcon: [], truncated: [] });
			expect(findings.nodes).toBeGreaterThan(1);
			expect(findings.stickies).toBeGreaterThan(0);
		},
		60_000,
	);
});

describe('“Execute workflow” in the editor', () => {
	test('on the Master plans in a slot of its own, dispatches nothing, and says so', async () => {
		const before = await dispatches();
		await orchestrator.queue.enqueue([
			{
				workflowType: 'content_pipeline',
				input: { topic: 'not now' },
				notBefore: new Date(Date.now() + 3_600_000),
			},
		]);
		await editor.open(ids['master-orchestrator'] ?? '');
		expect(await editor.execute()).toMatch(/success/i);
		await page.screenshot({ path: join(PICTURES, 'manual-run.png') });
		const { rows } = await db.query<{ status: string; context: object }>(
			`select status, context from orchestrator.workflow_orchestration where run_kind = 'manual'`,
		);
		expect(rows.map((row) => row.status)).toEqual(['COMPLETED']);
		expect(await dispatches()).toBe(before);
		await until(
			'n8n’s record of the run says so',
			async () => (await newestManualRun()).includes('Planned, not dispatched'),
			30_000,
		);
	}, 120_000);

	test('on the Content Pipeline listens for a signed sample, settles nothing and leaves the production address alone', async () => {
		const before = await endpoints();
		const tasks = await db.query('select id, state from orchestrator.tasks order by id');
		await editor.open(ids['content-pipeline'] ?? '');
		await page.locator('[data-test-id="execute-workflow-button"]').first().click();
		await until('the test address is announced', async () => (await endpoints(true)).length === 1, 30_000);
		const sent = await promisify(execFile)(
			process.execPath,
			[join(ROOT, 'dist', 'generator', 'cli.js'), 'send-test', '--type', 'content_pipeline'],
			{
				env: { ...process.env, DATABASE_URL: databaseUrl, ORCHESTRATOR_SIGNING_SECRET: SECRET },
			},
		);
		expect(sent.stdout).toMatch(/taken \(202\)/);
		await page.locator('[role=alert]').first().waitFor({ timeout: 60_000 });
		await page.screenshot({ path: join(PICTURES, 'test-event.png') });
		expect(await endpoints()).toEqual(before);
		expect((await db.query('select id, state from orchestrator.tasks order by id')).rows).toEqual(tasks.rows);
	}, 120_000);
});

/** What the settings of a workflow say about successful executions. */
async function savingOf(id: string): Promise<string> {
	const { rows } = await stage.n8nDatabase.query<{ saving: string | null }>(
		`select settings ->> 'saveDataSuccessExecution' as saving from workflow_entity where id = $1`,
		[id],
	);
	return rows[0]?.saving ?? 'as the instance does: the import left the settings out';
}

/** What n8n recorded of the last execution by hand; the editor may show its end earlier. */
async function newestManualRun(): Promise<string> {
	const { rows } = await stage.n8nDatabase.query<{ data: string }>(
		`select d.data from execution_data d join execution_entity e on e.id = d."executionId"
		 where e.mode = 'manual' order by e.id desc limit 1`,
	);
	return rows[0]?.data ?? '';
}

/** Production executions that n8n keeps of a workflow. */
async function kept(name: string): Promise<number> {
	const { rows } = await stage.n8nDatabase.query<{ count: number }>(
		`select count(*)::int as count from execution_entity
		 where "workflowId" = $1 and mode <> 'manual' and "deletedAt" is null`,
		[ids[name]],
	);
	return rows[0]?.count ?? -1;
}

async function emptyDatabase(): Promise<string> {
	const admin = await stage.connect();
	await admin.query('create database operator');
	await admin.end();
	const url = new URL(stage.host.database.connectionString);
	url.pathname = '/operator';
	return url.toString();
}

/** The one thing that differs from an operator's instance: the base address. It answers without a key. */
async function useSimulator(): Promise<void> {
	const url = stage.host.simulator?.baseUrl.openai;
	await orchestrator.models.set({ provider: 'openai', baseUrl: url });
	await orchestrator.models.set({ provider: 'gemini', enabled: false });
}

async function dispatches(): Promise<number> {
	const { rows } = await db.query<{ count: number }>(
		`select count(*)::int as count from orchestrator.workflow_orchestration where kind = 'dispatch'`,
	);
	return rows[0]?.count ?? 0;
}

async function endpoints(test = false): Promise<unknown[]> {
	return (
		await db.query(
			'select kind, workflow_type, url, registered_at, disabled_at from orchestrator.endpoints where test = $1 order by id',
			[test],
		)
	).rows;
}
