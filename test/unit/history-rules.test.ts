import { check, RULES } from '../history/check';
import type { Execution, History, Sighting, Transition } from '../history/records';

const BEGAN_AT = Date.parse('2026-01-01T00:00:00Z');
const E1 = '00000000-0000-4000-8000-000000000001';
const E2 = '00000000-0000-4000-8000-000000000002';

const LEGAL = [
	...[
		'queued claimed',
		'claimed running',
		'running succeeded',
		'running failed',
		'failed scheduled',
		'scheduled queued',
	].map((pair) => `task ${pair}`),
	...['claimed accepted', 'accepted started', 'started reported', 'started expired'].map(
		(pair) => `execution ${pair}`,
	),
].map((line) => {
	const [entity = '', from = '', to = ''] = line.split(' ');
	return { entity, from, to };
});

/** A line of the log: who, from, to, epoch; ten seconds lie between two lines. */
function entries(
	...lines: [who: string, from: string | null, to: string, epoch: number, by?: string][]
): Transition[] {
	return lines.map(([who, from, to, epoch, by], index) => ({
		seq: index + 1,
		entity: who.startsWith('0000') ? 'execution' : 'task',
		taskId: who.startsWith('0000') ? null : who,
		executionId: who.startsWith('0000') ? who : (by ?? null),
		from,
		to,
		epoch,
		at: new Date(BEGAN_AT + index * 10_000),
		actor: to === 'succeeded' ? 'settle' : 'test',
	}));
}

/** Task 1 fails by an expiry and succeeds at its second execution; every record and sighting of it is there. */
function healthy(): History {
	const message = { at: BEGAN_AT, by: 'player', webhookId: 'msg', executionId: E2, epoch: 2 };
	const sightings: Sighting[] = [
		{
			what: 'enqueued',
			at: BEGAN_AT,
			by: 'player',
			taskId: '1',
			workflowType: 'articles',
			idempotencyKey: 'k',
		},
		{ what: 'dispatch_answered', ...message, status: 202, outcome: 'accepted' },
		{ what: 'work_started', ...message },
		{
			what: 'report_answered',
			...message,
			webhookId: 'cb',
			items: [{ taskId: '1', outcome: 'succeeded' }],
			status: 200,
			outcome: 'applied',
		},
	];
	const execution = {
		kind: 'dispatch' as const,
		workflowType: 'articles',
		fairKey: 'articles',
		slotNo: 1,
		slotKey: null,
		taskIds: ['1'],
	} satisfies Partial<Execution>;
	return {
		transitions: entries(
			['1', null, 'queued', 0],
			[E1, null, 'claimed', 1],
			['1', 'queued', 'claimed', 1, E1],
			[E1, 'claimed', 'accepted', 1],
			[E1, 'accepted', 'started', 1],
			['1', 'claimed', 'running', 1, E1],
			['1', 'running', 'failed', 1, E1],
			['1', 'failed', 'scheduled', 1],
			[E1, 'started', 'expired', 1],
			['1', 'scheduled', 'queued', 1],
			[E2, null, 'claimed', 2],
			['1', 'queued', 'claimed', 2, E2],
			[E2, 'claimed', 'accepted', 2],
			[E2, 'accepted', 'started', 2],
			['1', 'claimed', 'running', 2, E2],
			['1', 'running', 'succeeded', 2, E2],
			[E2, 'started', 'reported', 2],
		),
		executions: [
			{ ...execution, id: E1, epoch: 1, status: 'expired' },
			{ ...execution, id: E2, epoch: 2, status: 'reported' },
		],
		tasks: [
			{
				id: '1',
				workflowType: 'articles',
				fairKey: 'articles',
				idempotencyKey: 'k',
				state: 'succeeded',
				executionId: null,
			},
		],
		receipts: [{ webhookId: 'cb', executionId: E2, epoch: 2, outcome: 'applied' }],
		failures: [{ id: 1, taskId: '1', executionId: E1, epoch: 1, action: 'retry' }],
		limits: {
			slots: 1,
			types: { articles: 1 },
			keys: { articles: { weight: 1, workflowType: 'articles' } },
			legal: LEGAL,
		},
		effects: [
			{ workflowType: 'articles', idempotencyKey: 'k', taskId: '1', executionId: E2, epoch: 2, afterSeq: 15 },
		],
		visits: [
			{ taskId: '1', epoch: 0, eligibleAt: new Date(BEGAN_AT) },
			{ taskId: '1', epoch: 1, eligibleAt: new Date(BEGAN_AT) },
		],
		outcomes: [
			{ taskId: '1', epoch: 1, state: 'failed' },
			{ taskId: '1', epoch: 2, state: 'succeeded' },
		],
		sightings,
	};
}

/** The entry of that number; a test changes it. */
const entry = (history: History, seq: number): Transition => history.transitions[seq - 1]!;
const drop = (history: History, ...seqs: number[]) =>
	(history.transitions = history.transitions.filter(({ seq }) => !seqs.includes(seq)));

test('nothing is said against a history without fault', () => {
	expect(check(healthy())).toEqual([]);
});

const FAULTS: Record<string, [what: string, change: (history: History) => unknown][]> = {
	'lives are unbroken': [
		['a step is missing', (history) => drop(history, 6)],
		['a step is not legal', (history) => (history.limits.legal = LEGAL.filter(({ to }) => to !== 'started'))],
		['a row differs from the log', (history) => (history.tasks[0]!.state = 'cancelled')],
		[
			'a row is unknown to the log',
			(history) => history.tasks.push({ ...history.tasks[0]!, id: '9', idempotencyKey: 'x' }),
		],
	],
	'epochs rise': [
		['an epoch is used again', (history) => (entry(history, 12).epoch = 1)],
		['an execution has another epoch than its task', (history) => (history.executions[1]!.epoch = 3)],
	],
	'no enqueue is lost': [
		[
			'a task that was promised is not in the log',
			(history) => Object.assign(history.sightings[0]!, { taskId: '7' }),
		],
		['one key is two tasks', (history) => history.tasks.push({ ...history.tasks[0]!, id: '2' })],
	],
	'no task is stranded': [
		[
			'a task runs, its execution has ended',
			(history) => Object.assign(history.tasks[0]!, { state: 'running', executionId: E2 }),
		],
		['a task is left failed', (history) => Object.assign(history.tasks[0]!, { state: 'failed' })],
	],
	'everything ended': [
		['a task still waits', (history) => Object.assign(history.tasks[0]!, { state: 'queued' })],
		['an execution never ends', (history) => drop(history, 17)],
	],
	'settled once': [
		['an outcome is written twice', (history) => history.outcomes.push(history.outcomes[1]!)],
		[
			'two reports are booked for one task',
			(history) => history.receipts.push({ ...history.receipts[0]!, webhookId: 'cb2' }),
		],
		[
			'a task is settled twice under one epoch',
			(history) => history.transitions.push({ ...entry(history, 16), seq: 18 }),
		],
	],
	'applied once': [
		['one key has two effects', (history) => history.effects.push(history.effects[0]!)],
		['a task succeeded without effect', (history) => (history.effects = [])],
		['an effect was made after the end', (history) => (history.effects[0]!.afterSeq = 17)],
		[
			'an effect was made by a dead epoch',
			(history) => Object.assign(history.effects[0]!, { executionId: E1, epoch: 1 }),
		],
	],
	'settled by the epoch in force': [
		['another execution settles', (history) => (entry(history, 16).executionId = E1)],
		['another epoch settles', (history) => (entry(history, 16).epoch = 1)],
	],
	'claims end': [
		[
			'an execution goes on after its end',
			(history) => history.transitions.push({ ...entry(history, 14), seq: 18 }),
		],
		['an execution ends and leaves its task behind', (history) => drop(history, 16)],
	],
	'one completion a slot': [
		[
			'two runs complete one slot',
			(history) =>
				[3, 4].forEach((n) =>
					history.executions.push({
						...history.executions[0]!,
						id: `run ${n}`,
						kind: 'run',
						status: 'COMPLETED',
						slotKey: 'noon',
					}),
				),
		],
	],
	'failures are kept': [['a failure has no row', (history) => (history.failures = [])]],
	'within caps': [
		['more run than there are slots', (history) => (history.limits.slots = 0)],
		['more run than their type allows', (history) => (history.limits.types.articles = 0)],
		['two are in one slot', (history) => drop(history, 9)],
	],
	'within shares': [
		[
			'a key leads more than its share while another waits',
			(history) => {
				history.limits.keys.other = { weight: 5, workflowType: 'articles' };
				history.tasks.push({ ...history.tasks[0]!, id: '2', idempotencyKey: 'x', fairKey: 'other' });
				history.transitions.unshift({
					...entry(history, 1),
					seq: 0,
					taskId: '2',
					at: new Date(BEGAN_AT - 60_000),
				});
				history.transitions = history.transitions.filter(({ seq }) => seq !== 9);
			},
		],
	],
	'overtaken within 90 minutes': [
		[
			'a task that waited since long before is passed over',
			(history) => {
				history.tasks.push({ ...history.tasks[0]!, id: '2', idempotencyKey: 'x' });
				history.visits.push({ taskId: '2', epoch: 0, eligibleAt: new Date(BEGAN_AT - 91 * 60_000) });
				history.transitions.unshift({
					...entry(history, 1),
					seq: 0,
					taskId: '2',
					at: new Date(BEGAN_AT - 60_000),
				});
			},
		],
	],
	'answered after commit': [
		['a 2xx has no receipt', (history) => (history.receipts[0]!.webhookId = 'other')],
		['a receipt says otherwise', (history) => (history.receipts[0]!.outcome = 'stale')],
		['“applied”, but not settled', (history) => drop(history, 16)],
	],
	'settled with receipt': [['a settlement has no receipt', (history) => (history.receipts = [])]],
	'accepted after commit': [
		['a 202 without acceptance', (history) => drop(history, 13, 17)],
		['work begins twice', (history) => history.sightings.push(history.sightings[2]!)],
		['work begins without a start', (history) => drop(history, 14)],
	],
};

test('every rule has faults that it must find', () => {
	expect(Object.keys(FAULTS)).toEqual(Object.keys(RULES));
});

describe.each(Object.keys(FAULTS))('the rule “%s”', (rule) => {
	test.each(FAULTS[rule] ?? [])('objects when %s', (_what, change) => {
		const history = healthy();
		change(history);
		expect(check(history).map((offence) => offence.rule)).toContain(rule);
	});
});

test('a task that waited 89 minutes longer may be passed over', () => {
	const history = healthy();
	history.tasks.push({ ...history.tasks[0]!, id: '2', idempotencyKey: 'x', state: 'queued' });
	history.visits.push({ taskId: '2', epoch: 0, eligibleAt: new Date(BEGAN_AT - 89 * 60_000) });
	history.transitions.unshift({ ...entry(history, 1), seq: 0, taskId: '2', at: new Date(BEGAN_AT - 60_000) });
	expect(check(history, { drained: false })).toEqual([]);
});

test('while work goes on, open tasks and executions are no offence', () => {
	const history = healthy();
	Object.assign(history.tasks[0]!, { state: 'running', executionId: E2 });
	Object.assign(history.executions[1]!, { status: 'started' });
	Object.assign(history, { receipts: [], effects: [], outcomes: [history.outcomes[0]!] });
	drop(history, 16, 17);
	history.sightings.pop();
	expect(check(history, { drained: false })).toEqual([]);
	expect(check(history).map(({ rule }) => rule)).toEqual(['everything ended', 'everything ended']);
});
