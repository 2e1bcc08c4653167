import { mkdir } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { Page } from 'playwright-core';
import { bury } from '../postgres/scenario';
import { openBrowser, signIn } from '../support/browser';
import { lookAtCanvas } from '../support/canvas';
import { type Editor, editorOf } from '../support/editor';
import { startStage, type Stage } from '../support/stage';
import { until } from '../support/verdict';

const ROOT = join(__dirname, '..', '..');
const PICTURES = join(ROOT, '.orchestrator', 'screenshots');
const RECIPE = join(ROOT, 'docs', 'recipes', 'queue.json');
const NAME = (JSON.parse(readFileSync(RECIPE, 'utf8')) as { name: string }).name;

let stage: Stage;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Page;
let editor: Editor;
let db: Client;
let workflowId: string;
let dead: string;

beforeAll(async () => {
	await mkdir(PICTURES, { recursive: true });
	stage = await startStage('queue-by-hand', { withWorkflows: false });
	db = await stage.connect();
	dead = await buryOne();
	browser = await openBrowser();
	page = browser.page;
	page.setDefaultTimeout(60_000);
	editor = editorOf(page, stage.n8nUrl, PICTURES);
	const { login } = stage.host;
	if (login === null) throw new Error('the stage has no login');
	await signIn(page, stage.n8nUrl, login.email, login.password);
	expect(await connectDatabase()).toMatch(/successful/i);
	workflowId = await editor.importFile(RECIPE);
}, 480_000);

afterAll(async () => {
	await db?.end();
	await browser?.close();
	await stage?.stop();
}, 60_000);

describe('the workflow “Queue by Hand”', () => {
	test('enqueues, pauses, explains, resumes and cancels one task in the name of the workflow', async () => {
		expect(await editor.execute()).toMatch(/success/i);
		const [task] = await stage.orchestrator.queue.list({ states: ['cancelled'] });
		expect(task).toMatchObject({ fairKey: 'content_pipeline:example' });
		const inspection = await stage.orchestrator.queue.inspect(task?.taskId ?? '');
		const [last] = inspection?.transitions.slice(-1) ?? [];
		expect(last?.actor).toMatch(new RegExp(`^cancel:${NAME} \\(n8n execution \\d+\\)$`));
		expect(await stage.orchestrator.queue.keys({ paused: true })).toEqual([]);
	}, 180_000);

	test('shows on the way what held the task, and the redrive of a dead letter as a preview only', async () => {
		const data = await until('n8n has the record of the run', newestRun, 120_000);
		expect(data).toContain(`Fair key content_pipeline:example is paused: nothing of it is claimed`);
		expect(data).toContain('paused by Queue by Hand (n8n execution');
		expect(data).toContain('1 would go back into the queue');
		expect((await stage.orchestrator.deadLetters.list()).letters.map(({ taskId }) => taskId)).toEqual([dead]);
	}, 180_000);

	test('has a canvas without overlap, missing icon or cut name, and every node in one sticky note', async () => {
		await editor.open(workflowId);
		const findings = await lookAtCanvas(page, join(PICTURES, 'queue-by-hand.png'));
		expect(findings).toMatchObject({ overlapping: [], notInOneSticky: [], withoutIcon: [], truncated: [] });
	}, 180_000);
});

describe('the panel of the node', () => {
	test.each([
		{ name: 'Enqueue a Task', field: 'Delay in Seconds' },
		{ name: 'What Holds It', field: 'Task ID' },
		{ name: 'Redrive Each Cause', field: 'Dry Run' },
	])(
		'of $name shows $field',
		async ({ name, field }) => {
			await editor.open(workflowId);
			await page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
			const panel = page.locator('[data-test-id="ndv"]');
			await panel.getByText(field, { exact: true }).first().waitFor();
			await page.screenshot({ path: join(PICTURES, `panel-${name.toLowerCase().replaceAll(' ', '-')}.png`) });
		},
		180_000,
	);

	test('offers every action under task, queue and dead letter in the node creator', async () => {
		await editor.open(workflowId);
		await page.locator('[data-test-id="node-creator-plus-button"]').click();
		await page.locator('[data-test-id="node-creator-search-bar"]').fill('Priority Queue Manager');
		await page.getByText('Priority Queue Manager').filter({ visible: true }).last().click();
		await page.getByText('Redrive dead letters').first().waitFor();
		await page.screenshot({ path: join(PICTURES, 'queue-actions.png') });
		const offered = await page.locator('[data-test-id="node-creator-item-name"]').allInnerTexts();
		expect(offered).toEqual(
			expect.arrayContaining(['Enqueue tasks', 'Explain why a task waits', 'Pause a type or key']),
		);
	}, 180_000);
});

/** The credential that the workflow finds by the name that n8n gives it. */
async function connectDatabase(): Promise<string> {
	const { hostname, port, pathname, username, password } = new URL(stage.host.database.connectionString);
	return await editor.createCredential('Orchestrator Postgres', {
		host: hostname,
		port,
		database: pathname.slice(1),
		user: username,
		password: decodeURIComponent(password),
	});
}

/** A task that died of an error after which no retry makes sense. */
async function buryOne(): Promise<string> {
	const place = { deployment: 'main', test: false, url: 'http://127.0.0.1:9/none' };
	const { endpoints } = stage.orchestrator;
	await endpoints.register({ ...place, kind: 'task', workflowType: 'content_pipeline' });
	await endpoints.register({ ...place, kind: 'callback', workflowType: null });
	return await bury(stage.orchestrator);
}

/** What n8n recorded of the last execution by hand. */
async function newestRun(): Promise<string | null> {
	const { rows } = await stage.n8nDatabase.query<{ data: string }>(
		`select d.data from execution_data d join execution_entity e on e.id = d."executionId"
		 where e.mode = 'manual' and e.status = 'success' order by e.id desc limit 1`,
	);
	return rows[0]?.data ?? null;
}
