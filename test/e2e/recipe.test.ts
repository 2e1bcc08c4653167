import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { openBrowser, signIn } from '../support/browser';
import { lookAtCanvas } from '../support/canvas';
import { gestureOf, handOf, type Person } from '../support/gestures';
import { type LoopbackRegistry, startLoopbackRegistry } from '../support/npm-registry';
import { stepsOf } from '../support/recipe';
import { startStage, type Stage } from '../support/stage';
import { until } from '../support/verdict';
import { overlappingWork, type WorkRun, workRunsOf } from '../support/work-runs';

const ROOT = join(__dirname, '..', '..');
const PICTURES = join(ROOT, '.orchestrator', 'screenshots');
const RECIPE = readFileSync(join(ROOT, 'docs', 'recipes', 'mutex.md'), 'utf8');
const STEPS = stepsOf(RECIPE);
const STUCK = 'When a lock seems stuck';
const upToStuck = STEPS.filter(({ place }) => !place.startsWith(STUCK));
const stuck = STEPS.filter(({ place }) => place.startsWith(STUCK));

let stage: Stage;
let registry: LoopbackRegistry;
let workDir: string;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let hand: ReturnType<typeof handOf>;
let databaseUrl: string;
let startedAt: number;
let lost: string | null = null;

beforeAll(async () => {
	workDir = await mkdtemp(join(tmpdir(), 'mo-recipe-'));
	await mkdir(PICTURES, { recursive: true });
	registry = await startLoopbackRegistry(ROOT, workDir);
	stage = await startStage('recipe', { withPackage: false, env: { PATH: registry.path } });
	databaseUrl = await emptyDatabase();
	browser = await openBrowser();
	hand = handOf(browser.page, person());
	const { login } = stage.host;
	if (login === null) throw new Error('the stage has no login');
	await signIn(browser.page, stage.n8nUrl, login.email, login.password);
	startedAt = Date.now();
}, 240_000);

afterAll(async () => {
	await browser?.close();
	await stage?.stop();
	await registry?.close();
	await rm(workDir, { recursive: true, force: true });
}, 60_000);

test('every step of the recipe is a gesture that this test can do, and one that it cannot do fails', () => {
	const sentences = STEPS.flatMap((step) => step.sentences);
	expect(sentences.length).toBeGreaterThan(30);
	for (const sentence of sentences) gestureOf(sentence);
	const [planted] = stepsOf('# A\n1. Whistle a tune.\n\n   It helps.\n').flatMap((step) => step.sentences);
	expect(() => gestureOf(planted ?? '')).toThrow('“Whistle a tune” is no gesture');
});

describe('followed literally on a clean n8n', () => {
	test.each(upToStuck)(
		'$place works as it is written',
		async ({ place, sentences }) => await follow(place, sentences),
		240_000,
	);

	test('the file that ships with the package is the one of the document', async () => {
		const shipped = await readFile(installedFile('mutex.json'), 'utf8');
		expect(shipped).toBe(await readFile(join(ROOT, 'docs', 'recipes', 'mutex.json'), 'utf8'));
	});

	test('no two runs work at the same time, and the tick in between is skipped', async () => {
		const runs = await productionRuns();
		console.log(
			`the recipe took ${((Date.now() - startedAt) / 1000).toFixed(1)} s; runs: ${runs.map(wordOf).join(', ')}`,
		);
		expect(overlappingWork(runs)).toEqual([]);
		expect(runs.filter(({ work }) => work !== null).length).toBeGreaterThanOrEqual(2);
		expect(runs.filter(({ nodes }) => nodes.includes('Skipped')).length).toBeGreaterThanOrEqual(2);
		expect(runs.filter(({ nodes, work }) => nodes.includes('Skipped') === (work !== null))).toEqual([]);
	});

	test('its canvas has no overlap, no missing icon, no cut name', async () => {
		const findings = await lookAtCanvas(browser.page, join(PICTURES, 'recipe.png'));
		expect(findings).toMatchObject({ overlapping: [], notInOneSticky: [], withoutIcon: [] });
		expect(findings.truncated.filter((name) => name !== 'Open the Lock')).toEqual([]);
	});

	test.each(stuck)(
		'$place works as it is written',
		async ({ place, sentences }) => await follow(place, sentences),
		120_000,
	);

	test('a lock that was opened by force has lost its holder, and Inspect keeps the incident', async () => {
		const rows = await ask(`select kind from orchestrator.mutex_incidents where lock_name = 'my-workflow'`);
		expect(rows).toEqual([{ kind: 'forced' }]);
	});
});

test('the judge of overlaps would notice one', () => {
	const run = (id: string, beganAt: number, endedAt: number): WorkRun => ({
		id,
		mode: 'trigger',
		nodes: ['Your Work'],
		work: { beganAt, endedAt },
	});
	expect(overlappingWork([run('a', 0, 10), run('b', 10, 20)])).toEqual([]);
	expect(overlappingWork([run('b', 9, 20), run('a', 0, 10)])).toEqual(['a and b']);
});

async function follow(place: string, sentences: string[]): Promise<void> {
	if (lost !== null) throw new Error(`The person got lost before: ${lost}`);
	for (const sentence of sentences) {
		try {
			await gestureOf(sentence)(hand);
		} catch (cause) {
			lost = `${place}: “${sentence}” did not work.`;
			await browser.page.screenshot({ path: join(PICTURES, 'recipe-failed.png') });
			throw new Error(lost, { cause });
		}
	}
}

function person(): Person {
	const { hostname, port, pathname, username, password } = new URL(databaseUrl);
	return {
		url: stage.n8nUrl,
		fields: { Host: hostname, Port: port, Database: pathname.slice(1), User: username, Password: password },
		file: installedFile,
		waitFor: async (what) => {
			const ready = WAITS[what];
			if (ready === undefined) throw new Error(`This test cannot wait for “${what}”.`);
			await until(what, ready, 120_000);
		},
	};
}

/** What the recipe tells a person to wait for. */
const WAITS: Readonly<Record<string, () => Promise<boolean>>> = {
	'four runs to end': async () => (await productionRuns()).length >= 4,
	// Just begun, so that it still works when the next step looks.
	'a run to work': async () =>
		(
			await ask(
				`select 1 from orchestrator.mutex_holds where lock_name = 'my-workflow'
				 and lease_until > clock_timestamp() and acquired_at > clock_timestamp() - interval '3 seconds'`,
			)
		).length > 0,
};

/** From the package as n8n installed it. */
function installedFile(name: string): string {
	const host = dirname(dirname(stage.host.logs.n8n));
	const modules = join(host, 'n8n', '.n8n', 'nodes', 'node_modules');
	return join(modules, 'n8n-nodes-master-orchestrator', 'dist', 'docs', 'recipes', name);
}

async function productionRuns(): Promise<WorkRun[]> {
	const { rows } = await stage.n8nDatabase.query<{ id: string }>(
		`select id from workflow_entity where name = 'No Overlap'`,
	);
	const runs = await workRunsOf(stage.host.client, rows[0]?.id ?? '', 'Your Work');
	return runs.filter(({ mode }) => mode === 'trigger');
}

const wordOf = ({ work }: WorkRun): string =>
	work === null ? 'skipped' : `worked ${((work.endedAt - work.beganAt) / 1000).toFixed(1)} s`;

async function ask(sql: string): Promise<unknown[]> {
	const client = new Client({ connectionString: databaseUrl });
	await client.connect();
	try {
		return (await client.query(sql)).rows;
	} finally {
		await client.end();
	}
}

async function emptyDatabase(): Promise<string> {
	const admin = await stage.connect();
	await admin.query('create database operator');
	await admin.end();
	const url = new URL(stage.host.database.connectionString);
	url.pathname = '/operator';
	return url.toString();
}
