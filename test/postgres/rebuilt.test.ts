import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOOK, ROOT } from '../generator/sources';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { openType, planFor, report, succeeded } from './scenario';

let database: TestDatabase;
let home: string;
beforeAll(async () => {
	database = await freshDatabase();
	await openType(database, database.orchestrator());
	home = mkdtempSync(join(tmpdir(), 'rebuilt-'));
});
afterAll(async () => {
	rmSync(home, { recursive: true, force: true });
	await database.drop();
});

/** Works until it is in the middle of a run with executions in each state. */
async function doomedProcess(): Promise<ChildProcess> {
	const script = join(ROOT, 'test', 'support', 'doomed-process.ts');
	const child = spawn(process.execPath, ['-r', HOOK, script, database.url], { cwd: home });
	let errors = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
	const [said] = await Promise.race([
		once(child.stdout, 'data'),
		once(child, 'exit').then(() => Promise.reject(new Error(`it ended early: ${errors}`))),
	]);
	expect(String(said)).toBe('in the middle\n');
	return child;
}

test('after a process was killed in the middle, another one with nothing but the address of the database finishes everything', async () => {
	const child = await doomedProcess();
	child.kill('SIGKILL');
	await once(child, 'exit');
	rmSync(home, { recursive: true, force: true });
	home = mkdtempSync(join(tmpdir(), 'rebuilt-'));
	const states = await database.query('select status from orchestrator.workflow_orchestration');
	expect(states.map(({ status }) => String(status)).sort()).toEqual([
		'DISPATCHING',
		'accepted',
		'claimed',
		'started',
	]);

	// Time passes: every lease runs out.
	await database.query(
		`update orchestrator.workflow_orchestration set last_at = now() - interval '2 hours', lease_until = now() - interval '1 hour'`,
	);
	await database.query(
		`update orchestrator.heartbeats set last_at = now() - interval '2 hours', lease_until = now() - interval '1 hour'`,
	);
	const cli = [join(ROOT, 'generator', 'cli.ts'), 'recover', '--database-url', database.url];
	const recovered = spawnSync(process.execPath, ['-r', HOOK, ...cli], {
		encoding: 'utf8',
		cwd: home,
		env: {},
	});
	expect(recovered.stderr).toBe('');
	expect(recovered.stdout).toContain(
		'3 executions expired, 3 tasks to be tried again, 0 dead, 0 due, 1 runs ended',
	);

	const orchestrator = database.orchestrator();
	const slot = await orchestrator.runs.takeSlot({
		owner: 'next',
		intervalSeconds: 30 * 365 * 86_400,
		localTime: new Date(),
	});
	expect(slot).toMatchObject({ won: true, slot: { epoch: 2 } });
	await database.query(`update orchestrator.tasks set not_before = now() where state = 'scheduled'`);
	for (let n = 0; n < 6; n++) {
		for (const execution of await orchestrator.queue.claim(planFor())) {
			await orchestrator.executions.accept(execution, `msg_${execution.executionId}`);
			await orchestrator.executions.start(execution, '78');
			const { outcome } = await report(
				orchestrator,
				execution,
				execution.items.map((item) => succeeded(item.task_id)),
			);
			expect(outcome).toBe('applied');
		}
	}
	expect(
		await database.query(
			`select idempotency_key as key, state, attempts from orchestrator.tasks order by id`,
		),
	).toEqual(
		[1, 1, 1, 0, 0, 0].map((attempts, n) => ({ key: `task-${n + 1}`, state: 'succeeded', attempts })),
	);
	expect((await orchestrator.runs.findAnomalies({ deep: true })).map(({ kind }) => kind)).toEqual(['zombie']);
}, 120_000);
