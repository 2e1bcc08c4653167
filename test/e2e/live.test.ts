import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod/v4';
import type { LiveWorkflow } from '../../generator/n8n-api/live-workflow';
import { createApiKey } from '../../host/n8n-session';
import { type Feed, startFeed } from '../support/feed';
import { counter, feedReader, type LiveStage, scheduledWork, startLiveStage } from '../support/live-stage';
import { type Passage, startPassage } from '../support/passage';
import { until } from '../support/verdict';

let live: LiveStage;
let feed: Feed;
let passage: Passage;
let backups: string;
const ids = { counter: '', twin: '', feed: '', slow: '', busy: '' };

beforeAll(async () => {
	backups = mkdtempSync(join(tmpdir(), 'backups-'));
	feed = await startFeed();
	live = await startLiveStage('live');
	passage = await startPassage(live.locks.stage.n8nUrl);
	const { url } = live.locks.witness;
	const partner = await live.api.call(
		{
			method: 'POST',
			path: '/credentials',
			body: { name: 'Partner', type: 'httpHeaderAuth', data: { name: 'x-partner', value: 'secret-value' } },
		},
		z.looseObject({ id: z.string() }),
	);
	feed.publish(3);
	ids.feed = await live.create(feedReader(feed.url, url));
	ids.counter = await live.create(counter('counter', url, partner.id));
	ids.twin = await live.create(counter('twin', url, partner.id), { publish: false });
	ids.slow = await live.create(scheduledWork('slow', `${url}/job/slow/{{ $execution.id }}?ms=15000`));
	ids.busy = await live.create(scheduledWork('busy', `${url}/job/busy/{{ $execution.id }}?ms=0`));
	await tag(ids.counter);
	for (const path of ['counter', 'busy']) {
		await until(`${path} is live`, async () => (await live.post(path)) === 200, 60_000);
	}
}, 300_000);
afterEach(() => {
	passage.meanwhile = async () => undefined;
});
afterAll(async () => {
	await passage?.close();
	await live?.close();
	await feed?.close();
	rmSync(backups, { recursive: true, force: true });
}, 60_000);

const run = async (...args: string[]) =>
	await live.run(args[0] === 'validate' ? args : [...args, '--backup', backups]);
const through = async (...args: string[]) =>
	await live.run([...args, '--backup', backups], { N8N_URL: passage.url });
const read = async (id: string) => await live.api.workflow(id);
const withoutPlace = ({ position: _, ...node }: LiveWorkflow['draft']['nodes'][number]) => node;

const contentOf = ({ draft: { nodes, connections, settings, pinData, meta, tags } }: LiveWorkflow) => ({
	nodes,
	connections,
	settings,
	pinData,
	meta,
	tags,
});
/** What the witness saw of a workflow, each piece of work once. */
const seen = (workflow: string) =>
	live.locks.witness.seen
		.filter((each) => each.workflow === workflow && each.event === 'begin')
		.map(({ execution }) => execution);

async function tag(workflowId: string): Promise<void> {
	const db = live.locks.stage.n8nDatabase;
	await db.query(`insert into tag_entity (id, name) values ('tag-billing', 'billing')`);
	await db.query(`insert into workflows_tags ("workflowId", "tagId") values ($1, 'tag-billing')`, [
		workflowId,
	]);
}

/** What takes longer than two seconds says how far it is; nothing else may stand there. */
const progressOnly: unknown = expect.stringMatching(/^(\d+ of \d+ .+\n|.+ \(\d+ s\)\n)*$/);
const originals: Record<string, LiveWorkflow> = {};

describe('an operator’s workflows on a running n8n', () => {
	test('a dry run says what would be done and writes nothing', async () => {
		for (const id of Object.values(ids)) originals[id] = await read(id);
		const ran = await run('wrap', '--all-scheduled', '--lock', 'crm', '--dry-run');
		expect(ran).toMatchObject({ status: 0, stderr: progressOnly });
		expect(ran.stdout).toContain(`${ids.counter}: “counter” is locked by “crm”`);
		expect(ran.stdout).toContain(
			'3 workflows: 3 to change, 0 right as they are, 0 refused; nothing was written.',
		);
		expect(ran.stdout).not.toContain('Master Orchestrator');
		for (const id of Object.values(ids)) expect(await read(id)).toEqual(originals[id]);
		expect(readdirSync(backups)).toEqual([]);
	}, 60_000);

	test('are wrapped where they are: id, state, settings, pinned data, tags and every node stay', async () => {
		await until('the first poll', async () => seen('feed').length === 3, 60_000);
		const ran = await run('wrap', '--workflow', ids.counter, ids.twin, ids.slow, '--lock', 'crm');
		expect(ran).toMatchObject({ status: 0, stderr: progressOnly });
		expect(await run('wrap', '--workflow', ids.feed, ids.busy)).toMatchObject({
			status: 0,
			stderr: progressOnly,
		});
		for (const id of Object.values(ids)) {
			const [before, after] = [originals[id]!, await read(id)];
			const { nodes, connections: _, ...rest } = contentOf(before);
			expect(contentOf(after)).toMatchObject(rest);
			// A trigger steps aside for its lock; unwrap puts it back.
			expect(after.draft.nodes.slice(0, nodes.length).map(withoutPlace)).toEqual(nodes.map(withoutPlace));
			expect(after.draft.nodes.length).toBeGreaterThan(nodes.length);
			expect(after.published).toBe(before.published === null ? null : after.draft);
		}
		expect((await read(ids.counter)).draft.tags).toMatchObject([{ name: 'billing' }]);
		expect(await read(ids.twin)).toMatchObject({ activeVersionId: null });
	}, 60_000);

	test('keep a backup of the original that only its owner may read', () => {
		const files = readdirSync(backups);
		expect(files).toHaveLength(5);
		const name = files.find((file) => file.startsWith('counter.'))!;
		const kept: unknown = JSON.parse(readFileSync(join(backups, name), 'utf8'));
		expect(kept).toEqual(originals[ids.counter]!.raw);
		expect(statSync(join(backups, name)).mode & 0o777).toBe(0o600);
	});

	test('run under the lock and go on counting where they were', async () => {
		for (let call = 0; call < 3; call++) {
			await until('the call is taken', async () => (await live.post('counter')) === 200, 30_000);
		}
		const counts = seen('counter').map(Number);
		expect(counts).toEqual(counts.map((_, index) => index + 1));
		const [report] = await live.locks.stage.orchestrator.mutexes.inspect('crm');
		expect(report?.acquisitions).toBeGreaterThanOrEqual(3);
	}, 60_000);

	test('wrapped again are left as they are', async () => {
		const before = await Promise.all(Object.values(ids).map(read));
		const ran = await run('wrap', '--workflow', ...Object.values(ids));
		expect(ran).toMatchObject({ status: 0 });
		expect(ran.stdout).toContain('0 to change, 5 right as they are, 0 refused');
		expect((await Promise.all(Object.values(ids).map(read))).map(({ versionId }) => versionId)).toEqual(
			before.map(({ versionId }) => versionId),
		);
	}, 60_000);

	test('and the phase is valid', async () => {
		const ran = await run('validate', '--phase', '1');
		expect(ran).toMatchObject({ status: 0, stderr: progressOnly });
		expect(ran.stdout).toMatch(/^P1_N8N +ok /m);
		expect(ran.stdout).toMatch(/^P1_SOUND +ok /m);
		expect(ran.stdout).toMatch(/“Master Orchestrator” belongs to the Master Orchestrator/);
		expect(ran.stdout).toMatch(/“crm”: taken \d+ times/);
	}, 60_000);
});

describe('somebody’s edits', () => {
	let id: string;

	beforeEach(async () => {
		id = await live.create(scheduledWork('edited', 'http://127.0.0.1:1'));
	});
	afterEach(async () => await live.remove(id));

	/** What the editor’s Save sends: a node was moved. */
	const save = async () => {
		const { draft } = await read(id);
		const nodes = draft.nodes.map((node, at) => (at === 0 ? { ...node, position: [-300, 0] } : node));
		return await live.api.saveDraft(id, 'edited', { ...draft, nodes });
	};

	test('that are not published yet are refused, and the others wait for them', async () => {
		await save();
		const before = await read(id);
		const twin = await read(ids.twin);
		const ran = await run('unwrap', '--workflow', ids.twin, '--dry-run');
		expect(ran.status).toBe(0);
		const refused = await run('wrap', '--workflow', id, '--lock', 'edits');
		expect(refused.status).toBe(1);
		expect(refused.stdout).toContain('refused[LIVE_UNPUBLISHED_EDITS]');
		expect(refused.stderr).toContain('error[MO_LIVE_WORKFLOWS]: 1 of 1 workflows were refused.');
		expect(await read(id)).toEqual(before);
		expect(await read(ids.twin)).toEqual(twin);
	}, 60_000);

	test('that were saved after the decision are seen right before the write: nothing is written', async () => {
		let looks = 0;
		passage.meanwhile = async ({ method, path }) => {
			if (method === 'GET' && path === `/api/v1/workflows/${id}` && ++looks === 2) await save();
		};
		const before = await read(id);
		const ran = await through('wrap', '--workflow', id);
		expect(ran.status).toBe(1);
		expect(ran.stdout).toMatch(/not done: .* error\[MO_EDITED_MEANWHILE\]: .* Nothing was written/);
		expect(passage.passed.filter(({ method }) => method === 'PUT')).toEqual([]);
		expect((await read(id)).activeVersionId).toBe(before.activeVersionId);
	}, 60_000);

	test('in the very moment of the write become the draft again, and nothing is published', async () => {
		let theirs: LiveWorkflow | undefined;
		passage.meanwhile = async ({ method }) => {
			if (method === 'PUT' && theirs === undefined) theirs = await save();
		};
		const before = await read(id);
		const ran = await through('wrap', '--workflow', id);
		expect(ran.status).toBe(1);
		expect(ran.stdout).toMatch(
			/error\[MO_EDITED_MEANWHILE\]: .* Theirs is the draft again; nothing was published/,
		);
		const after = await read(id);
		expect(after.draft.nodes).toEqual(theirs?.draft.nodes);
		expect(after.activeVersionId).toBe(before.activeVersionId);
	}, 60_000);

	test('of settings in that moment are kept, and nothing is published', async () => {
		let saved = false;
		passage.meanwhile = async ({ method }) => {
			if (method !== 'PUT' || saved) return;
			saved = true;
			const { nodes, connections } = (await read(id)).draft;
			const settings = { executionOrder: 'v1', timezone: 'Asia/Tokyo' };
			const path = `/workflows/${id}?publishIfActive=false`;
			await live.api.call(
				{ method: 'PUT', path, body: { name: 'edited', nodes, connections, settings } },
				z.unknown(),
			);
		};
		const before = await read(id);
		const ran = await through('wrap', '--workflow', id);
		expect(ran.stdout).toMatch(/error\[MO_EDITED_MEANWHILE\]/);
		const after = await read(id);
		expect(after.draft).toMatchObject({ nodes: before.draft.nodes, settings: { timezone: 'Asia/Tokyo' } });
		expect(after.activeVersionId).toBe(before.activeVersionId);
	}, 60_000);
});

describe('other options for a lock that stands', () => {
	test('are refused with what stands and what was asked for, and unwrap leads there', async () => {
		const id = await live.create(scheduledWork('standing', 'http://127.0.0.1:1'));
		const asked = ['--lock', 'standing', '--on-busy', 'schedule=wait', '--max-wait', '300'];
		expect(await run('wrap', '--workflow', id, '--lock', 'standing')).toMatchObject({ status: 0 });
		const before = await read(id);
		const refused = await run('wrap', '--workflow', id, ...asked);
		expect(refused.status).toBe(1);
		expect(refused.stdout).toMatch(
			/refused\[WRAP_OTHER_BUSY\] at “Lock”: .* with “skip” .* “wait” was asked for/,
		);
		expect(refused.stdout).toMatch(
			/refused\[WRAP_OTHER_WAIT\] at “Lock 2”: .* up to 60 s; 300 s were asked for/,
		);
		expect(refused.stdout).toContain('what to do: Unwrap the workflow first');
		expect(await read(id)).toEqual(before);
		expect(await run('unwrap', '--workflow', id)).toMatchObject({ status: 0 });
		expect(await run('wrap', '--workflow', id, ...asked)).toMatchObject({ status: 0 });
		const locks = (await read(id)).published?.nodes.filter(({ name }) => name.startsWith('Lock')) ?? [];
		expect(locks.map(({ parameters }) => parameters)).toMatchObject([
			{ onBusy: 'wait', options: { maxWaitSeconds: 300 } },
			{ onBusy: 'wait', options: { maxWaitSeconds: 300 } },
		]);
		const again = await run('wrap', '--workflow', id, ...asked);
		expect(again.stdout).toContain('0 to change, 1 right as they are, 0 refused');
		await live.remove(id);
	}, 120_000);
});

describe('a failure in the middle', () => {
	test('says what is done and what is not; running again finishes', async () => {
		const one = await live.create(scheduledWork('one', 'http://127.0.0.1:1'));
		const two = await live.create(scheduledWork('two', 'http://127.0.0.1:1'));
		const three = await live.create(scheduledWork('three', 'http://127.0.0.1:1'));
		let down = false;
		passage.meanwhile = async ({ path }) => {
			down ||= path === `/api/v1/workflows/${two}/activate`;
			return down ? 'cut' : undefined;
		};
		const ran = await through('wrap', '--workflow', one, two, three);
		expect(ran.status).toBe(1);
		expect(ran.stdout).toContain(`done: ${one} “one”, published`);
		expect(ran.stdout).toContain(`not done: ${two} “two”: error[MO_NOT_PUBLISHED]`);
		expect(ran.stdout).toContain(`not tried: ${three} “three”`);
		expect(ran.stderr).toContain('2 of 3 could not be changed');
		expect(await read(two)).toMatchObject({ published: { nodes: expect.not.arrayContaining([lockNode]) } });
		const again = await run('wrap', '--workflow', one, two, three);
		expect(again).toMatchObject({ status: 0, stderr: progressOnly });
		expect(again.stdout).toContain('3 workflows: 2 to change, 1 right as they are, 0 refused.');
		for (const id of [one, two, three]) {
			const { versionId, activeVersionId, published } = await read(id);
			expect(activeVersionId).toBe(versionId);
			expect(published?.nodes).toEqual(expect.arrayContaining([lockNode]));
			await live.remove(id);
		}
	}, 90_000);

	test('of the publication puts the draft back, and what ran before runs on', async () => {
		const id = await live.create(scheduledWork('kept', 'http://127.0.0.1:1'));
		passage.meanwhile = async ({ path }) => (path.endsWith('/activate') ? 'cut' : undefined);
		const before = await read(id);
		const ran = await through('wrap', '--workflow', id);
		expect(ran.stdout).toContain('The version that ran before runs on, and the draft was put back.');
		const after = await read(id);
		expect(contentOf(after)).toEqual(contentOf(before));
		expect(after.activeVersionId).toBe(before.activeVersionId);
		expect(await run('wrap', '--workflow', id)).toMatchObject({ status: 0 });
		await live.remove(id);
	}, 60_000);
});

const lockNode: unknown = expect.objectContaining({
	type: 'n8n-nodes-master-orchestrator.workflowMutex',
	credentials: { orchestratorPostgres: expect.objectContaining({ name: 'Orchestrator Postgres account' }) },
});

describe('what n8n or its operator has to settle first', () => {
	test('a key without the scopes, an unknown key and an unknown id change nothing', async () => {
		const { n8nUrl, host } = live.locks.stage;
		const N8N_API_KEY = await createApiKey(n8nUrl, host.login!, ['workflow:read', 'workflow:list']);
		const narrow = await live.run(['wrap', '--workflow', ids.twin], { N8N_API_KEY });
		expect(narrow.status).toBe(1);
		expect(narrow.stderr).toContain(
			'error[MO_N8N_SCOPE]: The API key lacks the scopes workflow:update, workflow:activate, credential:list.',
		);
		const wrong = await live.run(['rollback', '--phase', '1'], { N8N_API_KEY: 'not-a-key-of-this-n8n' });
		expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining('error[MO_N8N_KEY]') });
		const nowhere = await run('unwrap', '--workflow', 'nowhere');
		expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringContaining('error[MO_N8N_NOT_FOUND]') });
		const said = JSON.stringify([narrow, wrong, nowhere]);
		expect(said).not.toContain(N8N_API_KEY);
		expect(said).not.toContain('not-a-key-of-this-n8n');
	}, 60_000);

	test('several credentials: the operator names one, and the lock nodes use it', async () => {
		const { id } = await live.api.call(
			{
				method: 'POST',
				path: '/credentials',
				body: {
					name: 'Second Postgres',
					type: 'orchestratorPostgres',
					data: { host: '127.0.0.1', port: 1, database: 'x', user: 'x', password: 'x', ssl: 'disable' },
				},
			},
			z.looseObject({ id: z.string() }),
		);
		const own = await live.create(scheduledWork('own', 'http://127.0.0.1:1'), { publish: false });
		const torn = await run('wrap', '--workflow', own);
		expect(torn).toMatchObject({ status: 1, stderr: expect.stringContaining('error[MO_CREDENTIAL_CHOICE]') });
		expect(torn.stderr).toContain(`“Second Postgres” (${id})`);
		expect(await run('wrap', '--workflow', own, '--credential', 'Second Postgres')).toMatchObject({
			status: 0,
		});
		expect((await read(own)).draft.nodes).toContainEqual(
			expect.objectContaining({ credentials: { orchestratorPostgres: { id, name: 'Second Postgres' } } }),
		);
		await live.remove(own);
		await live.locks.stage.n8nDatabase.query('delete from credentials_entity where id = $1', [id]);
	}, 60_000);

	test('a node field that the API does not take is refused before anything is written', async () => {
		const id = await live.create(scheduledWork('odd', 'http://127.0.0.1:1'), { publish: false });
		await live.locks.stage.n8nDatabase.query(
			`update workflow_entity set nodes = (jsonb_set(nodes::jsonb, '{2,color}', '"#ff0000"'))::json where id = $1`,
			[id],
		);
		const ran = await run('wrap', '--workflow', id);
		expect(ran.status).toBe(1);
		expect(ran.stdout).toContain('refused[LIVE_NODE_FIELD] at “Work”');
		await expect(live.api.saveDraft(id, 'odd', (await read(id)).draft)).rejects.toThrow(/color/);
		await live.remove(id);
	}, 60_000);
});

describe('validate finds what an operator broke', () => {
	const failing = async (...args: string[]) => {
		const { status, stdout } = await run('validate', '--phase', '1', '--json', ...args);
		const report = z
			.object({
				ok: z.boolean(),
				checks: z.array(z.object({ code: z.string(), state: z.string(), findings: z.array(z.string()) })),
			})
			.parse(JSON.parse(stdout));
		expect(report.ok).toBe(status === 0);
		return Object.fromEntries(
			report.checks
				.filter(({ state }) => state === 'failed' || state === 'skipped')
				.map(({ code, findings }) => [code, findings.join()]),
		);
	};

	test('a way past the lock, a draft that differs, a lock without its credential', async () => {
		expect(await failing()).toEqual({});
		const id = await live.create(scheduledWork('spare', 'http://127.0.0.1:1'));
		await run('wrap', '--workflow', id);
		const { draft } = await read(id);
		const past = structuredClone(draft.connections);
		past.Yearly?.main?.[0]?.push({ node: 'Work', type: 'main', index: 0 });
		await live.api.saveDraft(id, 'spare', { ...draft, connections: past });
		expect(await failing()).toEqual({ P1_PUBLISHED: expect.stringContaining('“spare”') });
		await live.api.publish(id);
		expect(await failing()).toEqual({
			P1_SOUND: expect.stringContaining('“Yearly” does work without the lock'),
		});
		await live.remove(id);
		const twin = (await read(ids.twin)).draft;
		const unbound = twin.nodes.map((node) =>
			node.type.endsWith('workflowMutex') ? { ...node, credentials: {} } : node,
		);
		await live.api.saveDraft(ids.twin, 'twin', { ...twin, nodes: unbound });
		expect(await failing()).toEqual({
			P1_CREDENTIAL: expect.stringContaining('“twin”: “Lock” has no credential'),
		});
		expect(await run('wrap', '--workflow', ids.twin)).toMatchObject({ status: 0 });
		expect(await failing()).toEqual({});
	}, 90_000);

	test('a lock that is overdue', async () => {
		const { mutexes } = live.locks.stage.orchestrator;
		const owner = { instance: 'gone', executionId: '1', era: '' };
		const session = '00000000-0000-4000-8000-000000000001';
		const who = { workflowId: 'w', workflowName: 'Dead', nodeName: 'Lock', callers: [], permits: 1 };
		await mutexes.acquire({ ...owner, ...who, lock: 'busy', session, leaseMs: 1000, onBusy: 'skip' });
		await until(
			'it is overdue',
			async () => (await mutexes.inspect('busy'))[0]?.overdue.length === 1,
			20_000,
		);
		expect(await failing()).toEqual({ P1_LOCKS: expect.stringContaining('“busy” was held past its lease') });
		await mutexes.clean();
		expect(await failing()).toEqual({ P1_LOCKS: expect.stringContaining('“busy” was lost at') });
		expect(await failing('--incidents-within', '0.0001')).toEqual({});
	}, 60_000);

	test('an n8n or a database that does not answer', async () => {
		const away = await live.run(['validate', '--phase', '1'], {
			N8N_URL: 'http://127.0.0.1:1',
			DATABASE_URL: 'postgres://a:hunter2@127.0.0.1:1/x',
		});
		expect(away.status).toBe(1);
		expect(away.stdout).toMatch(/^P1_N8N +FAILED/m);
		expect(away.stdout).toMatch(/^P1_TABLES +FAILED/m);
		expect(away.stdout).toMatch(/^P1_SOUND +skipped/m);
		expect(away.stdout + away.stderr).not.toContain('hunter2');
	}, 60_000);
});

describe('rollback', () => {
	test('in mid-run: what runs ends normally and gives its lock back, and no call is lost', async () => {
		const before = (await live.locks.stage.orchestrator.mutexes.inspect('crm'))[0]!.acquisitions;
		const slow = [live.post('slow')];
		await until('slow works', async () => seen('slow').length === 1, 30_000, 20);
		slow.push(live.post('slow'));
		await until('another waits', async () => (await waiting('crm')) === 1, 30_000, 50);
		const calls = hammer('busy');
		const ran = await run('rollback', '--phase', '1', '--workflow', ids.slow, ids.busy);
		expect(ran).toMatchObject({ status: 0, stderr: progressOnly });
		expect(ran.stdout).toContain('running execution(s) go on with the version with which they began');
		expect(await live.locks.holds('crm')).toMatchObject([{ status: 'held' }]);
		expect(await Promise.all(slow)).toEqual([200, 200]);
		const { statuses, before: earlier } = await calls.end();
		expect(new Set(statuses)).toEqual(new Set([200]));
		expect(seen('busy')).toHaveLength(earlier + statuses.length);
		await live.locks.untilOpen('crm');
		const [report] = await live.locks.stage.orchestrator.mutexes.inspect('crm');
		expect(report?.acquisitions).toBe(before + 2);
		expect(report?.incidents).toEqual([]);
	}, 150_000);

	test('brings back every workflow: nodes, connections, settings and pinned data as they were, counting on', async () => {
		feed.publish(2);
		await until('a poll under the lock', async () => seen('feed').length >= 5, 90_000);
		const ran = await run('rollback', '--phase', '1');
		expect(ran).toMatchObject({ status: 0, stderr: progressOnly });
		expect(ran.stdout).toContain('3 workflows: 3 to change');
		for (const id of Object.values(ids)) {
			const after = await read(id);
			expect(contentOf(after)).toEqual(contentOf(originals[id]!));
			expect(after.activeVersionId).toBe(after.published === null ? null : after.versionId);
			expect(after.published === null).toBe(originals[id]!.published === null);
		}
		await until('the call is taken', async () => (await live.post('counter')) === 200, 30_000);
		const counts = seen('counter').map(Number);
		expect(counts).toEqual(counts.map((_, index) => index + 1));
	}, 150_000);

	test('twice equals once', async () => {
		const before = await Promise.all(Object.values(ids).map(read));
		const ran = await run('rollback', '--phase', '1');
		expect(ran).toMatchObject({ status: 0 });
		expect(ran.stdout).toContain('0 workflows: 0 to change');
		const after = await Promise.all(Object.values(ids).map(read));
		expect(after.map(({ versionId }) => versionId)).toEqual(before.map(({ versionId }) => versionId));
	}, 60_000);

	test('keeps the memory of a polling trigger: over wrap and rollback each entry came once', async () => {
		feed.publish(2);
		await until('a poll without the lock', async () => seen('feed').length >= 7, 90_000);
		expect(seen('feed').sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `entry-${n}`));
	}, 120_000);
});

async function waiting(lock: string): Promise<number> {
	return (await live.locks.stage.orchestrator.mutexes.inspect(lock))[0]?.waiters.length ?? 0;
}

/** Calls one after the other, each waiting for its answer, until told to end. */
function hammer(path: string): { end(): Promise<{ statuses: number[]; before: number }> } {
	const before = seen(path).length;
	const statuses: number[] = [];
	let ended = false;
	const work = (async () => {
		while (!ended) statuses.push(await live.post(path));
	})();
	return {
		end: async () => {
			ended = true;
			await work;
			return { statuses, before };
		},
	};
}
