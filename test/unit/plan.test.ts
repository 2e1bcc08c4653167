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
	cadenceSeconds: null,
	lastClaimedAt: null,
	hasEndpoint: true,
	...overrides,
});
const snapshot = (types: TypeSnapshot[], free = 3, models: ModelSnapshot[] = []): Snapshot => ({
	at,
	slots: { total: 3, free },
	queue: { scheduled: 0, queued: 10, claimed: 0, running: 0 },
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
		maxExecutions: 3,
		decisions: [
			{
				due: true,
				reason: '10 eligible, 0 of 3 running',
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
	expect(most({ eligible: 3 })).toBe(2);
	expect(most({ running: 2 })).toBe(1);
	expect(most({}, 2)).toBe(2);
	expect(most({}, 3, { maxExecutions: 1 })).toBe(1);
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
