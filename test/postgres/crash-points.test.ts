import { CrashSeries, type Part } from '../simulation/crash';
import { expireLease } from './scenario';
import type { KillPoint } from '../simulation/messages';
import { Theatre } from '../simulation/theatre';

let theatre: Theatre;
let series: CrashSeries;

beforeAll(async () => {
	theatre = await Theatre.open();
	series = await CrashSeries.begin(theatre);
}, 60_000);
afterAll(async () => {
	await series?.end();
	await theatre?.close();
}, 60_000);

const PARTS: Part[] = ['passes', 'works', 'receives', 'everything'];

/** What must be among the points: if the play lost a step, the count alone would not tell. */
const STEPS: Record<Part, string[]> = {
	passes: [
		...[
			'sql enqueue_tasks',
			'sql take_heartbeat_slot',
			'sql start_run',
			'sql recover_expired',
			'sql check_resource_availability',
		],
		...[
			'sql update_execution_status',
			'sql claim',
			'post /task/articles',
			'post /task/audits',
			'sql refuse_execution',
			'sql complete_run',
		],
	],
	works: [
		...['sql accept_execution', 'answer 202 /task/articles', 'sql start_work', 'sql renew_execution'],
		...['sql publish_article', 'post /callback', 'sql abandon_execution'],
	],
	receives: ['sql settle_execution', 'answer 200 /callback'],
	everything: [
		'sql claim',
		'sql accept_execution',
		'answer 202 /task/articles',
		'sql settle_execution',
		'answer 200 /callback',
	],
};

/** The look at the schema before the first statement only reads: it is interrupted in the first part. */
const readsTheSchema = ({ label }: KillPoint) => label === 'sql installed_schema';
/** With all parts in one process the deaths before a step equal those after the step before. */
const isWanted: Record<Part, (point: KillPoint) => boolean> = {
	passes: () => true,
	works: (point) => !readsTheSchema(point),
	receives: (point) => !readsTheSchema(point),
	everything: (point) => !readsTheSchema(point) && point.when === 'after',
};

test.each(PARTS)(
	'whoever plays %s is killed before and after all that leaves it, and each time nothing is lost, nothing applied twice',
	async (part) => {
		const points = (await series.pointsOf(part)).filter(isWanted[part]);
		expect(points.map(({ label }) => label)).toEqual(expect.arrayContaining(STEPS[part]));
		const startedAt = performance.now();
		for (const point of points) {
			// On a busy machine a lease may run out before the victim gets there: then another tries.
			let died = false;
			for (let tries = 0; !died && tries < 5; tries++) died = await series.dieAt(part, point);
			const { text } = await theatre.judge();
			expect({ ...point, died, text }).toEqual({
				...point,
				died: true,
				text: 'nothing to say against this history',
			});
		}
		console.log(
			`${part}: killed at ${points.length} points in ${Math.round(performance.now() - startedAt)} ms`,
		);
	},
	480_000,
);

test('every run that was killed is ended by a recovery, and no slot was completed twice', async () => {
	const open = await theatre.database.query(
		`select id from orchestrator.workflow_orchestration where kind = 'run' and lease_until is not null`,
	);
	expect(open.length).toBeGreaterThan(10);
	for (const { id } of open) await expireLease(theatre.database, String(id));
	const { abandonedRuns } = await theatre.database.orchestrator().runs.recover({ limit: 1000 });
	expect(abandonedRuns).toBe(open.length);
	const { history, text } = await theatre.judge();
	expect(text).toBe('nothing to say against this history');
	expect(
		history.executions.filter(({ kind, status }) => kind === 'run' && status === 'ERROR_RECOVERY'),
	).toHaveLength(open.length);
	const deaths = history.sightings.filter(({ what }) => what === 'killed');
	const expired = history.executions.filter(
		({ kind, status }) => kind === 'dispatch' && status === 'expired',
	);
	// Each play finds one that a dead process left.
	expect(series.plays).toBeGreaterThanOrEqual(deaths.length);
	expect(expired.length).toBeGreaterThanOrEqual(series.plays);
	console.log(
		`${deaths.length} deaths, ${expired.length} executions expired, ${history.transitions.length} entries of the log`,
	);
});
