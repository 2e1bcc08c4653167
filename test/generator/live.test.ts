import type { MutexReport } from '../../core';
import { chooseCredential } from '../../generator/live/credential';
import { isScheduled } from '../../generator/live/choose';
import { decideLive } from '../../generator/live/decide';
import { liveWorkflow, type LiveWorkflow } from '../../generator/n8n-api/live-workflow';
import { checkLocks } from '../../generator/phase-check/lock-health';
import { checkCycles, checkScheduled, checkSound } from '../../generator/phase-check/wrapped-workflows';
import { type ForeignWorkflow, unwrapping, wrap, wrapping } from '../../generator/wrap';
import { nodeOf, scheduled, workflowFrom, wrapped } from './wrap-fixtures';

interface Standing {
	/** What runs; null = not published. Default: the draft. */
	published?: ForeignWorkflow | null;
	id?: string;
	isArchived?: boolean;
}

function standing(
	draft: ForeignWorkflow,
	{ published = draft, id = '1', ...over }: Standing = {},
): LiveWorkflow {
	const versionId = 'draft';
	const activeVersionId = published === null ? null : published === draft ? versionId : 'running';
	const activeVersion = published;
	return liveWorkflow.parse({
		...draft,
		id,
		versionId,
		activeVersionId,
		activeVersion,
		updatedAt: '',
		...over,
	});
}

const plainly = { bind: (workflow: ForeignWorkflow) => workflow, nodeFields: new Set<string>() };
const decide = (workflow: LiveWorkflow, change: 'wrap' | 'unwrap' = 'wrap') => {
	const decision =
		change === 'wrap'
			? decideLive(workflow, wrapping({}), plainly)
			: decideLive(workflow, unwrapping, plainly);
	if (decision.outcome === 'refused') return decision.refusals.map(({ code }) => code).join();
	return decision.outcome === 'unchanged'
		? 'unchanged'
		: `save ${decision.save !== null}, publish ${decision.publish}`;
};

const bare = scheduled({ id: '1' });
const copyOf = (workflow: ForeignWorkflow): ForeignWorkflow => ({ ...workflow, nodes: [...workflow.nodes] });
const locked = wrapped(bare).workflow;
const other = scheduled({ id: '1', nodes: [...bare.nodes, nodeOf('More', 'set')] });

const standings: Array<[string, LiveWorkflow, 'wrap' | 'unwrap', string]> = [
	['published: saved and published', standing(bare), 'wrap', 'save true, publish true'],
	['not published: only saved', standing(bare, { published: null }), 'wrap', 'save true, publish false'],
	['wrapped already', standing(locked), 'wrap', 'unchanged'],
	['with unpublished edits', standing(other, { published: bare }), 'wrap', 'LIVE_UNPUBLISHED_EDITS'],
	[
		'wrapped, with unpublished edits',
		standing(other, { published: locked }),
		'unwrap',
		'LIVE_UNPUBLISHED_EDITS',
	],
	[
		'saved by us and not yet published',
		standing(locked, { published: bare }),
		'wrap',
		'save false, publish true',
	],
	[
		'unwrapped by us and not yet published',
		standing(bare, { published: locked }),
		'unwrap',
		'save false, publish true',
	],
	[
		'half wrapped, and now unwrapped',
		standing(locked, { published: bare }),
		'unwrap',
		'save true, publish true',
	],
	[
		'put back after a failure',
		standing(bare, { published: copyOf(bare) }),
		'wrap',
		'save true, publish true',
	],
	['archived', standing(bare, { isArchived: true }), 'wrap', 'LIVE_ARCHIVED'],
	['archived without locks', standing(bare, { isArchived: true }), 'unwrap', 'unchanged'],
];

describe('what is done to a workflow on a running n8n', () => {
	test.each(standings)('to one that is %s', (_what, workflow, change, expected) => {
		expect(decide(workflow, change)).toBe(expected);
	});

	test('a webhook whose address n8n would change on saving is refused', () => {
		const hook = workflowFrom([nodeOf('Hook', 'webhook'), nodeOf('Work', 'set')], ['Hook>Work']);
		expect(decide(standing(hook))).toBe('LIVE_WEBHOOK_ID');
		hook.nodes[0]!.webhookId = 'kept';
		expect(decide(standing(hook))).toBe('save true, publish true');
	});

	test('a node field that the API does not take is refused with its name', () => {
		const odd = scheduled();
		odd.nodes[1]!.color = '#ff0000';
		const nodeFields = new Set(['name', 'type', 'typeVersion', 'position', 'parameters']);
		const decision = decideLive(standing(odd), wrapping({}), { ...plainly, nodeFields });
		expect(decision).toMatchObject({ refusals: [{ code: 'LIVE_NODE_FIELD', node: 'Work' }] });
	});
});

describe('the credential of the lock nodes', () => {
	const postgres = (id: string, name: string) => ({ id, name, type: 'orchestratorPostgres' });
	const foreign = { id: 'x', name: 'Orchestrator Postgres', type: 'postgres' };

	test('is the only one of its type', () => {
		expect(chooseCredential([foreign, postgres('a', 'Ours')], undefined)).toMatchObject({ id: 'a' });
	});

	test.each([
		['none', [foreign], undefined],
		['several', [postgres('a', 'One'), postgres('b', 'Two')], undefined],
		['several of one name', [postgres('a', 'Same'), postgres('b', 'Same')], 'Same'],
		['another than asked for', [postgres('a', 'One')], 'Two'],
	])('%s is the operator’s choice', (_what, credentials, asked) => {
		expect(() => chooseCredential(credentials, asked)).toThrow(
			expect.objectContaining({ code: 'MO_CREDENTIAL_CHOICE' }),
		);
	});

	test('is the one asked for by id or name', () => {
		const both = [postgres('a', 'One'), postgres('b', 'Two')];
		expect(chooseCredential(both, 'b')).toMatchObject({ id: 'b' });
		expect(chooseCredential(both, 'One')).toMatchObject({ id: 'a' });
	});
});

describe('phase 1', () => {
	test('scheduled are published workflows in which a clock starts work, but not the orchestrator’s own', () => {
		const own = scheduled();
		own.nodes.push(nodeOf('Slot', 'n8n-nodes-master-orchestrator.intelligentScheduler'));
		const idle = { ...scheduled(), connections: {} };
		const all = [
			standing(bare),
			standing(bare, { published: null }),
			standing(own),
			standing(idle),
			standing(locked),
		];
		expect(all.map(isScheduled)).toEqual([true, false, false, false, true]);
	});

	test('names what is not wrapped with the reason, and fails when nothing is', () => {
		const twice = workflowFrom([nodeOf('Cron', 'cron'), nodeOf('A', 'set'), nodeOf('A', 'set')], ['Cron>A']);
		const open = [standing(bare, { id: 'b' }), standing(twice, { id: 't' })];
		expect(checkScheduled([...open, standing(locked)])).toEqual({
			state: 'notice',
			findings: [
				expect.stringContaining('b “Sales” is not wrapped: run master-orchestrator wrap --workflow b'),
				expect.stringContaining('t “Sales” cannot be wrapped: WRAP_DUPLICATE_NAME'),
			],
		});
		expect(checkScheduled(open).state).toBe('failed');
	});

	test('an operator’s edit past the lock, a disabled lock, a lock of another name are unsound', () => {
		const edit = (change: (workflow: ForeignWorkflow) => void) => {
			const edited = structuredClone(locked);
			change(edited);
			return checkSound([standing(edited)]).findings;
		};
		const lock = ({ nodes }: ForeignWorkflow) => nodes.find(({ name }) => name === 'Lock')!;
		expect(edit(() => undefined)).toEqual([]);
		expect(edit((each) => each.connections['Every Hour']!.main![0]!.push({ node: 'Work' }))).toEqual([
			expect.stringContaining('the trigger “Every Hour” does work without the lock'),
		]);
		expect(edit((each) => (lock(each).disabled = true))).toEqual([
			expect.stringContaining('without the lock'),
		]);
		const two = wrapped(
			workflowFrom([nodeOf('A', 'cron'), nodeOf('B', 'cron'), nodeOf('W', 'set')], ['A>W', 'B>W']),
		).workflow;
		two.nodes.find(({ name }) => name === 'Lock 2')!.parameters!.lock = 'mine';
		expect(checkSound([standing(two)]).findings).toEqual([
			expect.stringContaining('“Lock 2” takes another lock than the first one, “Sales”'),
		]);
	});

	test('a call of a workflow of this n8n that never waits needs no lock behind it', () => {
		const calm = workflowFrom(
			[nodeOf('Called', 'executeWorkflowTrigger'), nodeOf('Do', 'set')],
			['Called>Do'],
			{ id: 'calm', name: 'Calm' },
		);
		const call = nodeOf('Call', 'executeWorkflow', { parameters: { workflowId: 'calm' } });
		const caller = workflowFrom(
			[nodeOf('Cron', 'cron'), call, nodeOf('After', 'set')],
			['Cron>Call', 'Call>After'],
		);
		const result = wrap(caller, { others: [calm] });
		if (result.outcome !== 'wrapped') throw new Error(result.outcome);
		expect(result.report.ensures).toEqual([]);
		expect(checkSound([standing(result.workflow), standing(calm, { id: 'calm' })]).findings).toEqual([]);
	});

	test('a call of a workflow of this n8n that waits is why its caller cannot be wrapped', () => {
		const slow = workflowFrom(
			[
				nodeOf('Called', 'executeWorkflowTrigger'),
				nodeOf('Wait', 'wait', { parameters: { amount: 5, unit: 'minutes' } }),
			],
			['Called>Wait'],
			{ id: 'slow', name: 'Slow' },
		);
		const call = nodeOf('Call', 'executeWorkflow', { parameters: { workflowId: 'slow' } });
		const caller = workflowFrom(
			[nodeOf('Cron', 'cron'), call, nodeOf('Well', 'set'), nodeOf('Ill', 'set')],
			['Cron>Call', 'Call>Well', 'Call:1>Ill'],
		);
		expect(
			checkScheduled([standing(caller), standing(slow, { id: 'slow' }), standing(locked)]).findings,
		).toEqual([expect.stringContaining('cannot be wrapped: WRAP_OUTPUTS')]);
	});

	test('a circle of different locks is found across workflows', () => {
		const calling = (id: string, called: string) => {
			const call = nodeOf('Call', 'executeWorkflow', { parameters: { workflowId: called } });
			const workflow = workflowFrom([nodeOf('Cron', 'cron'), call], ['Cron>Call'], { id, name: id });
			return standing(wrapped(workflow).workflow, { id });
		};
		expect(checkCycles([calling('a', 'b'), calling('b', 'c')]).state).toBe('ok');
		expect(checkCycles([calling('a', 'b'), calling('b', 'a')]).state).toBe('failed');
	});

	test('a lock lost lately fails, one lost long ago or drained does not', () => {
		const now = new Date('2026-01-02T00:00:00Z');
		const holder = {
			workflowName: 'Sales',
			executionId: '7',
			leaseUntil: now,
		} as MutexReport['holders'][number];
		const report = (over: Partial<MutexReport>): MutexReport => ({
			...{ lock: 'crm', permits: 1, acquisitions: 1, lastToken: 1 },
			...{ holders: [], overdue: [], waiters: [], contention: [], incidents: [] },
			...over,
		});
		const lost = (hours: number, kind: 'expired' | 'drained' = 'expired') =>
			report({ incidents: [{ kind, at: new Date(now.getTime() - hours * 3.6e6), fencingToken: 1, holder }] });
		expect(checkLocks([lost(23)], now, 24).state).toBe('failed');
		expect(checkLocks([lost(25), lost(1, 'drained')], now, 24).state).toBe('ok');
		expect(checkLocks([report({ overdue: [holder] })], now, 24).state).toBe('failed');
		expect(checkLocks([report({ holders: [{ ...holder, status: 'draining' }] })], now, 24).state).toBe(
			'notice',
		);
	});
});
