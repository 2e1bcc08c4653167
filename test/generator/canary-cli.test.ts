import type { Command } from 'commander';
import type { Orchestrator } from '../../core';
import { createProgram } from '../../generator/program';
import { bury, claimOne, emptyQueue, openQueue, startOne, task, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { CANARY, SECRETS } from '../support/secret-cases';
import { command } from './command';

// Commands of several round trips each, on a machine that may be busy.
jest.setTimeout(30_000);

let database: TestDatabase;
let orchestrator: Orchestrator;
/** A dead task and one that waits, both full of secrets. */
let dead: string;
let waiting: string;

/** Where an operator's own words and those of a task's sender can carry a secret. */
const secretive = {
	input: { topic: `tea, password: ${CANARY}`, password: CANARY, secrets: SECRETS.map(([, value]) => value) },
	context: { note: `Bearer ${CANARY}`, apiKey: CANARY, secrets: SECRETS.map(([, value]) => value) },
};

beforeAll(async () => {
	({ database, orchestrator } = await openQueue('seo_monitor'));
	const error = {
		message: `no answer from postgres://me:${CANARY}@db.example/x`,
		code: 'E_DB',
		stack: `Error: refused\n    at ask (llm.js:1:1) Bearer ${CANARY}`,
	};
	dead = await bury(orchestrator, secretive, error);
	await startOne(orchestrator, { ...secretive, workflowType: TYPE });
	await claimOne(orchestrator, { ...secretive, idempotencyKey: `token=${CANARY}` });
	const keyed = { ...secretive.input, content_type: `api_key=${CANARY}` };
	const [queued] = await orchestrator.queue.enqueue([
		task({ ...secretive, input: keyed, priority: 1, idempotencyKey: `password=${CANARY}` }),
	]);
	waiting = queued?.taskId ?? '';
	const reason = `down; retry with api_key=${CANARY}`;
	await orchestrator.queue.pause({ workflowType: TYPE }, { actor: 'ann', reason });
	await orchestrator.queue.pause({ fairKey: TYPE }, { actor: 'ann', reason });
});
afterAll(async () => {
	// Inputs are stored as they were sent, and make fair keys: what this test put there itself goes before the search for secrets.
	await emptyQueue(database);
	await database.query(`delete from orchestrator.fair_keys where fair_key like '%api_key%'`);
	await database.query(`delete from orchestrator.audit_log where old_row ->> 'fair_key' like '%api_key%'`);
	await database.drop();
});

/** What reads the database: the arguments that show most. */
const READERS: Record<string, () => string[][]> = {
	tasks: () => [[], ['--json']],
	task: () => [[dead], [waiting], [dead, '--json']],
	history: () => [[], ['--json']],
	doctor: () => [[], ['--json']],
	'queue peek': () => [[], ['--json']],
	'queue keys': () => [[], ['--json']],
	'queue explain': () => [[waiting], [dead], [waiting, '--json']],
	'queue why-idle': () => [[], ['--json']],
	'dead-letters list': () => [[], ['--json']],
	'dead-letters analyze': () => [[], ['--json']],
	'dead-letters inspect': () => [[dead], [waiting], [dead, '--json'], [waiting, '--json']],
	'model list': () => [[], ['--json']],
	'type list': () => [[], ['--json']],
	'type show': () => [[TYPE], [TYPE, '--json'], [`api_key=${CANARY}`]],
	'type set': () => [[TYPE, '--max-attempts', `password: ${CANARY}`]],
	archive: () => [['--dry-run']],
	recover: () => [['--dry-run']],
	migrate: () => [['--dry-run']],
	// Writers, for what they say: errors repeat what was wrong.
	'queue pause': () => [
		['--type', TYPE, '--reason', `password: ${CANARY}`],
		['--key', TYPE, '--reason', 'x', '--json'],
	],
	'queue cancel': () => [
		['--type', TYPE, '--reason', `password: ${CANARY}`],
		['--type', TYPE, '--reason', 'x', '--dry-run'],
		[waiting, '--reason', `password: ${CANARY}`, '--dry-run', '--json'],
	],
	'dead-letters redrive': () => [
		[dead, '--dry-run'],
		['--all', '--cause', `Bearer ${CANARY}`, '--dry-run'],
	],
	'dead-letters discard': () => [[dead, '--dry-run', '--json']],
	enqueue: () => [
		['--input', `{"password": "${CANARY}"`],
		['--input', `["Bearer ${CANARY}"]`],
		['--input', '{}', '--not-before', `password: ${CANARY}`],
		['--input', '{}', '--type', `api_key=${CANARY}`],
	],
};

/** What tells nothing of a task. */
const OTHERS: Record<string, string> = {
	generate: 'writes workflows, knows no database',
	wrap: 'workflows only',
	unwrap: 'workflows only',
	check: 'workflows only',
	validate: 'asks n8n for its workflows',
	rollback: 'asks n8n for its workflows',
	'send-test': 'sends a sample of its own',
	'model set': 'refuses an address with a password',
	'queue resume': 'answers with what resume left: nothing',
	'queue weight': 'a number',
};

function leaves(parent: Command, path: string[] = []): string[] {
	return parent.commands.flatMap((child) => {
		const place = [...path, child.name()];
		return child.commands.length === 0 ? [place.join(' ')] : leaves(child as Command, place);
	});
}

test('every command of the program is looked at here, or says nothing of a task', () => {
	expect([...Object.keys(READERS), ...Object.keys(OTHERS)].sort()).toEqual(leaves(createProgram()).sort());
});

test('the secrets are there to be shown: the library gives inputs as they were sent', async () => {
	expect(JSON.stringify(await orchestrator.queue.inspect(waiting))).toContain(CANARY);
});

test.each(Object.entries(READERS))('%s shows no secret', async (name, variants) => {
	for (const args of variants()) {
		const { stdout, stderr } = await command(database.url, ...name.split(' '), ...args, '--verbose');
		expect(`${stdout}${stderr}`).not.toBe('');
		expect({ args, stdout, stderr }).toEqual({
			args,
			stdout: expect.not.stringContaining(CANARY),
			stderr: expect.not.stringContaining(CANARY),
		});
	}
});

test('nor does a narrow terminal, which cuts a secret where it no longer looks like one', async () => {
	const { columns } = process.stdout;
	process.stdout.columns = 80;
	try {
		const { stdout } = await command(database.url, 'tasks');
		expect(stdout).toContain('tea,');
		expect(stdout).not.toContain(CANARY.slice(0, 6));
	} finally {
		process.stdout.columns = columns;
	}
});
