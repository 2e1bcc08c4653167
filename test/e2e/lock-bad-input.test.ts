import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, signIn } from '../support/browser';
import { type Editor, editorOf } from '../support/editor';
import { startStage, type Stage } from '../support/stage';

const PICTURES = join(__dirname, '..', '..', '.orchestrator', 'screenshots');

let stage: Stage;
let dir: string;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let editor: Editor;

beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'mo-bad-input-'));
	await mkdir(PICTURES, { recursive: true });
	stage = await startStage('bad-input', { withWorkflows: false });
	const { login, database, client } = stage.host;
	if (login === null) throw new Error('the stage has no login');
	const { host, port, user, password } = database;
	const here = { host, port, user, password, ssl: 'disable' };
	const type = 'orchestratorPostgres';
	await client.ensureCredential({ type, name: 'ready', data: { ...here, database: database.database } });
	await client.ensureCredential({ type, name: 'without tables', data: { ...here, database: 'template1' } });
	await client.ensureCredential({ type, name: 'away', data: { ...here, database: 'none', port: 1 } });
	browser = await openBrowser();
	editor = editorOf(browser.page, stage.n8nUrl, PICTURES);
	await signIn(browser.page, stage.n8nUrl, login.email, login.password);
}, 240_000);

afterAll(async () => {
	await browser?.close();
	await stage?.stop();
	await rm(dir, { recursive: true, force: true });
}, 60_000);

const CASES: Array<[title: string, over: object, credential: string, said: RegExp]> = [
	[
		'a lease of 0',
		{ options: { leaseSeconds: 0 } },
		'ready',
		/Lease \(Seconds\) must be .* 1 to 86400, got 0/,
	],
	['a negative lease', { options: { leaseSeconds: -5 } }, 'ready', /Lease \(Seconds\) must be .* got -5/],
	['a name of blanks', { lock: ' ' }, 'ready', /must have a visible character, got only blanks/],
	['a huge name', { lock: 'x'.repeat(10_000) }, 'ready', /must have at most 200 characters, got 10000/],
	['missing tables', {}, 'without tables', /no orchestrator schema yet.*migrate.*Set Up Database/],
	['a database that is away', {}, 'away', /Postgres does not answer: nothing listens at 127\.0\.0\.1:1/],
];

test.each(CASES)(
	'%s is told in the editor, with the value and what is expected',
	async (title, over, credential, said) => {
		const file = join(dir, `${title}.json`);
		await writeFile(file, JSON.stringify(workflowWith(title, over, credential)));
		await editor.importFile(file);
		const toast = await editor.execute();
		await browser.page.screenshot({ path: join(PICTURES, `bad-input-${title.replaceAll(' ', '-')}.png`) });
		expect(toast).toMatch(said);
	},
	90_000,
);

/** By hand → the lock, as an operator would have put it there. */
function workflowWith(name: string, over: object, credential: string): object {
	const node = (title: string, type: string, rest: object) => ({
		id: title,
		name: title,
		type,
		typeVersion: 1,
		position: [title === 'Lock' ? 220 : 0, 0],
		...rest,
	});
	return {
		name,
		nodes: [
			node('By Hand', 'n8n-nodes-base.manualTrigger', { parameters: {} }),
			node('Lock', 'n8n-nodes-master-orchestrator.workflowMutex', {
				parameters: { operation: 'acquire', lock: 'crm', onBusy: 'skip', options: {}, ...over },
				credentials: { orchestratorPostgres: { id: null, name: credential } },
			}),
		],
		connections: { 'By Hand': { main: [[{ node: 'Lock', type: 'main', index: 0 }]] } },
	};
}
