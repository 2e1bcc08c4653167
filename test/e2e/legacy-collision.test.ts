import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, signIn } from '../support/browser';
import { lookAtCanvas } from '../support/canvas';
import { COLUMNS, describeRuns, type Figures, figuresOf, tableOf } from '../support/collision-table';
import { type CronStage, type Run, startCronStage } from '../support/cron-stage';
import { editorOf } from '../support/editor';
import { judgeLimit, overlappingPairs, workIn } from '../support/provider-log';
import { wrapFolder, writeSamples } from '../support/sample-workflows';

/** Time runs so many times faster than at the provider: the window, the pace and the answers, but not n8n itself. */
const FASTER = 20;
const LIMIT = { requests: 50, windowMs: 60_000 / FASTER };
const PACE_MS = 2000 / FASTER;
const ROUNDS = 3;

/** How far the ticks of the tests are apart: two to three times what a round takes, so that no run meets its predecessor. */
const TICK_MS = { alone: 1, together: 10_000, inOneLock: 30_000 };

/** What the samples say on their canvas: their clock, the requests of a run, the items at its end. */
const SAMPLES: Record<string, { clock: string; requests: number; results: number }> = {
	'Content Pipeline Cron': { clock: 'Every 15 Minutes', requests: 10, results: 5 },
	'Revenue Optimizer Cron': { clock: 'Every 2 Hours', requests: 20, results: 4 },
	'SEO Monitor Cron': { clock: 'Every 4 Hours', requests: 24, results: 6 },
	'Intelligence Engine Cron': { clock: 'Every 6 Hours', requests: 30, results: 10 },
};
const NAMES = Object.keys(SAMPLES);
const PICTURES = join(__dirname, '..', '..', '.orchestrator', 'screenshots');

let cron: CronStage;
let folder: string;
let ids: Map<string, string>;
/** What each workflow gives when nothing is in its way. */
const alone = new Map<string, unknown[]>();
const figures: Figures[] = [];

const idOf = (name: string) => ids.get(name) ?? '';
const every = (ms: number) => `*/${ms / 1000} * * * * *`;
const everyId = () => NAMES.map(idOf);

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'mo-collision-'));
	cron = await startCronStage('collision', {
		llmWindowMs: LIMIT.windowMs,
		latencyMs: { least: 400 / FASTER, most: 1200 / FASTER },
	});
	ids = await cron.importFolder(await samples('plain', every(TICK_MS.together)));
	expect([...ids.keys()].sort()).toEqual([...NAMES].sort());
}, 240_000);

afterAll(async () => {
	if (figures.length === COLUMNS.length) console.log(tableOf(figures, FASTER));
	await cron?.close();
	await rm(folder, { recursive: true, force: true });
}, 60_000);

test('each alone keeps the limit and ends well', async () => {
	const from = cron.log.length;
	const runs: Run[] = [];
	for (const name of NAMES) {
		const run = await cron.execute(idOf(name), SAMPLES[name]?.clock ?? '');
		alone.set(name, await cron.resultOf(run));
		runs.push(run);
	}
	const { work, verdict } = judge(runs, { from, everyMs: TICK_MS.alone });
	expect(describeRuns(runs)).toEqual(NAMES.map((name) => `${name}: success`));
	expect(work.map(({ user, sent }) => [user, sent])).toEqual(
		runs.map(({ workflow, id }) => [`${workflow} #${id}`, SAMPLES[workflow]?.requests]),
	);
	expect(verdict).toMatchObject({ refused: 0, letInWrongly: 0 });
	for (const [name, result] of alone) expect([name, result.length]).toEqual([name, SAMPLES[name]?.results]);
}, 120_000);

test('fired together as they are, they overlap, break the limit and lose runs', async () => {
	const from = cron.log.length;
	const runs = await cron.letFire(everyId(), { everyMs: TICK_MS.together, times: ROUNDS });
	const { work, verdict } = judge(runs, { from, everyMs: TICK_MS.together });
	expect(verdict).toMatchObject({ letInWrongly: 0, refusedWrongly: 0 });
	expect(verdict.refused).toBeGreaterThan(0);
	expect(verdict.peak).toBeGreaterThan(LIMIT.requests);
	expect(overlappingPairs(work).length).toBeGreaterThan(0);
	const refused = new Set(work.flatMap(({ user, refused: count }) => (count > 0 ? [user] : [])));
	for (const run of runs) {
		const hit = refused.has(`${run.workflow} #${run.id}`);
		expect([run.workflow, run.status]).toEqual([run.workflow, hit ? 'error' : 'success']);
		if (!hit) expect(await cron.resultOf(run)).toEqual(alone.get(run.workflow));
	}
}, 240_000);

test('fired together in one lock, they take turns, keep the limit, and every run gives what it gives alone', async () => {
	const plain = await samples('to-wrap', every(TICK_MS.inOneLock));
	const wrapped = join(folder, 'wrapped');
	const options = ['--lock', 'llm', '--on-busy', 'schedule=wait', '--max-wait', '600'];
	const said = await wrapFolder(plain, wrapped, options);
	expect(said).toContain('4 files: 4 changed, 0 left as they are, 0 refused');
	expect(await cron.importFolder(wrapped)).toEqual(ids);
	const from = cron.log.length;
	const runs = await cron.letFire(everyId(), { everyMs: TICK_MS.inOneLock, times: ROUNDS });
	const { work, verdict } = judge(runs, { from, everyMs: TICK_MS.inOneLock });
	expect(overlappingPairs(work)).toEqual([]);
	expect(verdict).toMatchObject({ refused: 0, letInWrongly: 0 });
	expect(describeRuns(runs)).toEqual(runs.map(({ workflow }) => `${workflow}: success`));
	for (const { user, sent } of work) expect([user, sent]).toEqual([user, SAMPLES[nameIn(user)]?.requests]);
	expect(work).toHaveLength(runs.length);
	for (const run of runs) expect(await cron.resultOf(run)).toEqual(alone.get(run.workflow));
}, 240_000);

describe('on the canvas at 1440 × 900, zoomed to fit', () => {
	let browser: Awaited<ReturnType<typeof openBrowser>>;
	beforeAll(async () => {
		await mkdir(PICTURES, { recursive: true });
		browser = await openBrowser();
		const { login } = cron.stage.host;
		await signIn(browser.page, cron.stage.n8nUrl, login?.email ?? '', login?.password ?? '');
	}, 120_000);
	afterAll(async () => await browser?.close());

	// As the test before left them.
	test('a wrapped one shows its lock, its note, and no node that covers another', async () => {
		await editorOf(browser.page, cron.stage.n8nUrl, PICTURES).open(idOf('SEO Monitor Cron'));
		const findings = await lookAtCanvas(browser.page, join(PICTURES, 'seo-monitor-cron-wrapped.png'));
		expect(findings).toMatchObject({ overlapping: [], withoutIcon: [], truncated: [], stickies: 4 });
	}, 60_000);

	describe('as the files are', () => {
		beforeAll(async () => {
			await cron.importFolder(await samples('again', '0 0 0 * * *'));
		}, 60_000);

		test.each(NAMES)(
			'%s has no overlap, no missing icon, no cut name, and every node in one sticky note',
			async (name) => {
				await editorOf(browser.page, cron.stage.n8nUrl, PICTURES).open(idOf(name));
				const picture = join(PICTURES, `${name.toLowerCase().replaceAll(' ', '-')}.png`);
				const findings = await lookAtCanvas(browser.page, picture);
				expect(findings).toMatchObject({
					overlapping: [],
					notInOneSticky: [],
					withoutIcon: [],
					truncated: [],
				});
				expect(findings.nodes).toBeGreaterThan(5);
				expect(findings.stickies).toBe(3);
			},
			60_000,
		);
	});
});

const nameIn = (user: string) => user.slice(0, user.lastIndexOf(' #'));

/** What the provider's log says since its request number `from`; its column of the table is kept. */
function judge(runs: readonly Run[], { from, everyMs }: { from: number; everyMs: number }) {
	const work = workIn(cron.log.slice(from));
	const verdict = judgeLimit(cron.log, LIMIT, from);
	figures.push(figuresOf(runs, { work, verdict, limit: LIMIT.requests, everyMs }));
	return { work, verdict };
}

/** The committed samples, pointed at the simulator, with its pace and one clock for all. */
async function samples(name: string, clock: string): Promise<string> {
	const baseUrl = cron.stage.host.simulator?.baseUrl.openai ?? '';
	const into = join(folder, name);
	await writeSamples(into, { baseUrl, msBetweenRequests: PACE_MS, cron: clock });
	return into;
}
