import {
	claimPlanOf,
	type ModelSnapshot,
	planRun,
	rankModels,
	type Snapshot,
	type TypeSnapshot,
} from '../../core';

const at = new Date('2026-01-01T12:00:00Z');
const type = (overrides: Partial<TypeSnapshot> = {}): TypeSnapshot => ({
	workflowType: 'content_pipeline',
	paused: false,
	eligible: 10,
	heldByPausedKeys: false,
	nextDueAt: null,
	topPriority: 5,
	oldestEligibleAt: at,
	running: 0,
	maxConcurrent: 3,
	batchSize: 2,
	batchMax: 10,
	limitSeconds: 300,
	recent: { tasks: 0, failed: 0, msPerTask: null },
	cadenceSeconds: null,
	lastClaimedAt: null,
	hasEndpoint: true,
	...overrides,
});
const snapshot = (
	types: TypeSnapshot[],
	free = 3,
	models: ModelSnapshot[] = [],
	queue: Partial<Snapshot['queue']> = {},
): Snapshot => ({
	at,
	slots: { total: 3, free },
	queue: { scheduled: 0, queued: 10, claimed: 0, running: 0, mode: 'normal', ...queue },
	types,
	models,
	connections: { used: 1, limit: 20 },
});
const model = (provider: 'openai' | 'gemini', requestsLastMinute: number): ModelSnapshot => ({
	provider,
	model: 'm',
	base_url: 'http://x',
	requestsPerMinute: provider === 'openai' ? 50 : 60,
	requestsLastMinute,
});

test('a free type with work is due, with its quota and the reason', () => {
	expect(planRun(snapshot([type()]))).toEqual({
		verdict: 'ready',
		mode: 'normal',
		warnings: [],
		maxExecutions: 3,
		decisions: [
			{
				due: true,
				reason: '10 eligible, 0 of 3 running, 2 a batch (as configured)',
				workflowType: 'content_pipeline',
				batchSize: 2,
				maxExecutions: 3,
			},
		],
		models: [],
	});
});

test.each([
	[{ eligible: 0 }, 3, 'no_eligible_task', 'idle'],
	[{ paused: true }, 3, 'paused', 'throttled'],
	[{ hasEndpoint: false }, 3, 'no_endpoint', 'throttled'],
	[{ cadenceSeconds: 900, lastClaimedAt: new Date('2026-01-01T11:50:00Z') }, 3, 'cadence', 'throttled'],
	[{ running: 3 }, 3, 'type_concurrency', 'throttled'],
	[{}, 0, 'global_concurrency', 'throttled'],
	[{ paused: true, eligible: 0 }, 3, 'no_eligible_task', 'idle'],
	[{ eligible: 0, nextDueAt: at }, 3, 'not_due', 'idle'],
	[{ eligible: 0, heldByPausedKeys: true, nextDueAt: at }, 3, 'key_paused', 'throttled'],
] as const)('%j with %i free slots is refused as %s, verdict %s', (change, free, reason, verdict) => {
	expect(planRun(snapshot([type(change)], free))).toMatchObject({
		verdict,
		decisions: [{ due: false, reason }],
	});
});

test('a cadence names the earliest instant and is over at it', () => {
	const change = { cadenceSeconds: 600, lastClaimedAt: new Date('2026-01-01T11:55:00Z') };
	expect(planRun(snapshot([type(change)])).decisions[0]).toMatchObject({
		earliestAt: new Date('2026-01-01T12:05:00Z'),
	});
	expect(planRun(snapshot([type({ ...change, cadenceSeconds: 300 })])).verdict).toBe('ready');
});

test('no more executions are planned than tasks, free slots, the type and the caller allow', () => {
	const most = (change: Partial<TypeSnapshot>, free = 3, options = {}) => {
		const decision = planRun(snapshot([type(change)], free), options).decisions[0];
		return decision?.due ? decision.maxExecutions : 0;
	};
	expect(most({ eligible: 2 })).toBe(2);
	expect(most({ running: 2 })).toBe(1);
	expect(most({}, 2)).toBe(2);
	expect(most({}, 3, { maxExecutions: 1 })).toBe(1);
});

const batchOf = (plan: ReturnType<typeof planRun>, n = 0) => {
	const decision = plan.decisions[n];
	return decision?.due ? [decision.batchSize, decision.maxExecutions] : [];
};

test('free slots are shared by the types that may start now, and each spreads what waits over its part', () => {
	const one = { eligible: 4, batchSize: 4 };
	expect(batchOf(planRun(snapshot([type(one)])))).toEqual([2, 2]);
	const two = planRun(snapshot([type(one), type({ ...one, workflowType: 'seo_monitor' })], 2));
	expect([batchOf(two), batchOf(two, 1)]).toEqual([
		[4, 1],
		[4, 1],
	]);
	const held = type({ ...one, workflowType: 'seo_monitor', paused: true });
	expect(batchOf(planRun(snapshot([type(one), held], 2)))).toEqual([2, 2]);
});

test('a type with a cadence starts one execution at a time, so its batch is not spread over slots', () => {
	expect(batchOf(planRun(snapshot([type({ eligible: 4, batchSize: 4, cadenceSeconds: 60 })])))).toEqual([
		4, 1,
	]);
});

test('the plan of a deep queue is in batch mode: the biggest batches, in all free slots, and it says why', () => {
	const plan = planRun(snapshot([type({ eligible: 1001 })], 3, [], { queued: 1001 }));
	expect(plan).toMatchObject({
		mode: 'batch',
		decisions: [{ reason: expect.stringContaining('10 a batch (batch mode: as many as the type allows)') }],
		warnings: [{ code: 'queue_depth', message: expect.stringContaining('1001 tasks are queued') }],
	});
	expect(batchOf(plan)).toEqual([10, 3]);
});

test('batches are halved while even the least loaded model is used to 80 %', () => {
	const size = (openai: number, gemini: number) =>
		batchOf(
			planRun(snapshot([type({ batchSize: 3 })], 3, [model('openai', openai), model('gemini', gemini)])),
		)[0];
	expect([size(40, 48), size(39, 60), size(50, 47)]).toEqual([2, 3, 3]);
});

test('a claim plan has the due types only', () => {
	const plan = planRun(snapshot([type(), type({ workflowType: 'seo_monitor', paused: true })]));
	expect(claimPlanOf(plan, { owner: 'me', runId: null, maxExecutions: 2 })).toEqual({
		owner: 'me',
		runId: null,
		maxExecutions: 2,
		quotas: [{ workflowType: 'content_pipeline', batchSize: 2, maxExecutions: 3 }],
		models: [],
	});
});

test('the least loaded model comes first, one at its limit is left out, unless all are', () => {
	expect(rankModels([model('openai', 10), model('gemini', 11)]).map((each) => each.provider)).toEqual([
		'gemini',
		'openai',
	]);
	expect(rankModels([model('openai', 50), model('gemini', 59)]).map((each) => each.provider)).toEqual([
		'gemini',
	]);
	expect(rankModels([model('openai', 60), model('gemini', 60)]).map((each) => each.provider)).toEqual([
		'gemini',
	]);
	expect(rankModels([])).toEqual([]);
});
