import fc from 'fast-check';
import {
	backoffSeconds,
	type ClaimSnapshot,
	compareRank,
	decideTransition,
	type Entity,
	EXECUTION_STATES,
	modelClaim,
	nearestSlot,
	parseSecret,
	type Ranked,
	RUN_STATES,
	score,
	shareCaps,
	sign,
	TASK_STATES,
	TRANSITIONS,
	verify,
} from '../../core';

const now = new Date('2026-01-01T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - Math.round(minutes * 60_000));

/** A task in the queue. */
interface Candidate extends Ranked {
	workflowType: string;
	fairKey: string;
}

const TYPES = ['content_pipeline', 'seo_monitor'] as const;

/** A queue of these tasks, every gate open and slots in plenty: only order and shares decide. */
function queueOf(tasks: readonly Candidate[], weightOf: (fairKey: string) => number): ClaimSnapshot {
	const free = Math.max(1, tasks.length);
	const types = TYPES.map((workflowType) => ({
		workflowType,
		pause: null,
		hasEndpoint: true,
		cadenceSeconds: null,
		cadenceOpensAt: null,
		running: 0,
		maxConcurrent: free,
		batchSize: 10,
		batchMax: 10,
		nextDueAt: null,
	}));
	const keys = [...new Map(tasks.map((each) => [each.fairKey, each.workflowType]))].map(
		([fairKey, workflowType]) => ({
			fairKey,
			workflowType,
			weight: weightOf(fairKey),
			pause: null,
			running: 0,
			line: tasks.filter((each) => each.fairKey === fairKey).map((each) => ({ ...each, expired: false })),
		}),
	);
	return { at: now, slots: { total: 1_000_000, free }, types, keys };
}

/** What one claim takes, execution by execution. */
function claimOf(
	tasks: readonly Candidate[],
	batchSize: number,
	maxExecutions: number,
	weightOf: (fairKey: string) => number = () => 1,
): string[][] {
	const quotas = TYPES.map((workflowType) => ({ workflowType, batchSize, maxExecutions }));
	return modelClaim(queueOf(tasks, weightOf), { maxExecutions, quotas }).map((each) => each.taskIds);
}

const candidates = fc
	.array(
		fc.record({
			priority: fc.integer({ min: 1, max: 10 }),
			// Whole minutes make ties, fractions make near misses.
			ageMinutes: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.double({ min: 0, max: 120, noNaN: true })),
			workflowType: fc.constantFrom(...TYPES),
			contentType: fc.constantFrom('', ':news', ':guide'),
		}),
		{ maxLength: 60 },
	)
	.map((specs) =>
		specs.map(({ priority, ageMinutes, workflowType, contentType }, n): Candidate => ({
			taskId: String(n + 1),
			priority,
			eligibleAt: minutesAgo(ageMinutes),
			workflowType,
			fairKey: workflowType + contentType,
		})),
	);

test('merging the heads gives the same order as sorting everything by the naive score', () => {
	fc.assert(
		fc.property(candidates, (tasks) => {
			const naive = [...tasks].sort((a, b) => compareRank(a, b, now)).map((each) => each.taskId);
			expect(claimOf(tasks, 1, tasks.length).flat()).toEqual(naive);
		}),
	);
});

test('a batch has one type: that of the leader, and of one fair key it skips nobody', () => {
	fc.assert(
		fc.property(candidates, fc.integer({ min: 1, max: 10 }), (mixed, size) => {
			const tasks = mixed.map((each) => ({ ...each, fairKey: each.workflowType }));
			const sorted = [...tasks].sort((a, b) => compareRank(a, b, now));
			const ofType = sorted.filter((each) => each.workflowType === sorted[0]?.workflowType);
			const [batch = []] = claimOf(tasks, size, 1);
			expect(batch).toEqual(ofType.slice(0, size).map((each) => each.taskId));
		}),
	);
});

test('a batch is full while its type has tasks, and no key has more than its share while another one was passed over', () => {
	const weights = fc.record({ '': fc.integer({ min: 1, max: 9 }), ':news': fc.integer({ min: 1, max: 9 }) });
	fc.assert(
		fc.property(candidates, fc.integer({ min: 1, max: 10 }), weights, (tasks, size, weight) => {
			const weightOf = (key: string) => (key.endsWith(':news') ? weight[':news'] : weight['']);
			const [taken = []] = claimOf(tasks, size, 1, weightOf);
			const batch = taken.map((id) => tasks[Number(id) - 1]!);
			const [leader] = batch;
			const followers = tasks.filter((each) => each.workflowType === leader?.workflowType && each !== leader);
			expect(batch).toHaveLength(Math.min(size, followers.length + (leader ? 1 : 0)));
			expect(new Set(batch).size).toBe(batch.length);
			const passedOver = followers.filter((each) => !batch.includes(each));
			const contending = [...new Set(followers.map((each) => each.fairKey))];
			const caps = shareCaps(new Map(contending.map((key) => [key, weightOf(key)])), size);
			const filled = (key: string) => batch.filter((each) => each.fairKey === key).length;
			for (const key of contending) {
				const cap = caps.get(key) ?? size;
				if (filled(key) <= cap) continue;
				const waiting = passedOver.filter((each) => each.fairKey !== key);
				for (const other of waiting)
					expect(filled(other.fairKey)).toBeGreaterThanOrEqual(caps.get(other.fairKey)!);
			}
		}),
	);
});

test('a score only rises while a task waits, so the order inside one priority never changes', () => {
	const age = fc.double({ min: 0, max: 200, noNaN: true });
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 10 }), age, age, (priority, a, b) => {
			const [younger, older] = [Math.min(a, b), Math.max(a, b)].map((each) =>
				score({ priority, eligibleAt: minutesAgo(each) }, now),
			);
			expect(older!).toBeGreaterThanOrEqual(younger!);
		}),
	);
});

/** The outermost priorities more often than the rest: only they come near the bound. */
const priority = fc.oneof(fc.constantFrom(1, 10), fc.integer({ min: 1, max: 10 }));
/** From nothing on, so that of two tasks both, one or none have the boost. */
const age = fc.oneof(
	fc.double({ min: 0, max: 31, noNaN: true }),
	fc.double({ min: 0, max: 300, noNaN: true }),
);

test('a task is overtaken only by one that becomes eligible within 90 minutes after it, whether that one has the boost or not', () => {
	const justBeyond = fc.double({ min: 90.001, max: 92, noNaN: true });
	const gaps = fc.oneof(justBeyond, fc.double({ min: 90.001, max: 300, noNaN: true }));
	fc.assert(
		fc.property(priority, priority, age, gaps, (a, b, minutes, gap) => {
			const early = score({ priority: a, eligibleAt: minutesAgo(minutes + gap) }, now);
			expect(early).toBeGreaterThan(score({ priority: b, eligibleAt: minutesAgo(minutes) }, now));
		}),
		{ numRuns: 1000 },
	);
});

test('no claim leaves a task waiting and takes one of its key that became eligible more than 90 minutes later', () => {
	const near = fc.double({ min: -2, max: 2, noNaN: true });
	// Most are young, or about 90 minutes older than these: there the bound decides.
	const older = fc.oneof(
		near,
		near.map((minutes) => 90 + minutes),
		fc.double({ min: 0, max: 120, noNaN: true }),
	);
	const waiting = fc
		.tuple(
			fc.oneof(fc.double({ min: 2, max: 35, noNaN: true }), fc.double({ min: 2, max: 200, noNaN: true })),
			fc.array(fc.record({ priority, older, key: fc.constantFrom('', ':news') }), {
				minLength: 10,
				maxLength: 40,
				size: 'max',
			}),
		)
		.map(([youngest, specs]) => specs.map((each) => ({ ...each, age: youngest + each.older })));
	const weights = fc.record({ '': fc.integer({ min: 1, max: 9 }), ':news': fc.integer({ min: 1, max: 9 }) });
	const size = fc.integer({ min: 1, max: 3 });
	let apart = 0;
	fc.assert(
		fc.property(waiting, weights, size, size, (specs, weight, batchSize, executions) => {
			const tasks = specs.map((each, n): Candidate => ({
				taskId: String(n + 1),
				priority: each.priority,
				eligibleAt: minutesAgo(each.age),
				workflowType: TYPES[0],
				fairKey: TYPES[0] + each.key,
			}));
			const weightOf = (fairKey: string) => weight[fairKey.endsWith(':news') ? ':news' : ''];
			const taken = new Set(claimOf(tasks, batchSize, executions, weightOf).flat());
			for (const winner of tasks.filter(({ taskId }) => taken.has(taskId))) {
				for (const passed of tasks.filter(({ taskId }) => !taken.has(taskId))) {
					if (passed.fairKey !== winner.fairKey) continue;
					const later = (winner.eligibleAt.getTime() - passed.eligibleAt.getTime()) / 60_000;
					expect(later).toBeLessThanOrEqual(90);
					if (later > 0) apart++;
				}
			}
		}),
		{ numRuns: 200 },
	);
	// About a hundred on average; else nobody was overtaken, and the bound was not tried.
	expect(apart).toBeGreaterThan(0);
});

test('backoff stays within base − jitter and ceiling + jitter, is never negative and never shrinks with failures', () => {
	const policy = fc
		.record({
			baseSeconds: fc.integer({ min: 0, max: 600 }),
			more: fc.integer({ min: 0, max: 6000 }),
			jitterSeconds: fc.integer({ min: 0, max: 120 }),
		})
		.map(({ baseSeconds, more, jitterSeconds }) => ({
			baseSeconds,
			ceilingSeconds: baseSeconds + more,
			jitterSeconds,
		}));
	const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
	fc.assert(
		fc.property(policy, fc.integer({ min: 1, max: 10_000 }), draw, (each, failures, drawn) => {
			const seconds = backoffSeconds(each, failures, drawn);
			expect(seconds).toBeGreaterThanOrEqual(Math.max(0, each.baseSeconds - each.jitterSeconds));
			expect(seconds).toBeLessThanOrEqual(each.ceilingSeconds + each.jitterSeconds);
			expect(backoffSeconds(each, failures + 1, drawn)).toBeGreaterThanOrEqual(seconds);
		}),
	);
});

test('what was signed verifies, and any changed byte, id or secret does not', () => {
	const text = fc.string({ unit: 'binary', maxLength: 200 });
	const secret = fc
		.string({ minLength: 24, maxLength: 60 })
		.filter((each) => each.trim().length >= 24 && !each.trim().startsWith('whsec_'));
	fc.assert(
		fc.property(
			text,
			secret,
			fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
			fc.nat(),
			(body, key, id, position) => {
				const secrets = [parseSecret(key)];
				const raw = Buffer.from(body, 'utf8');
				const headers = { ...sign({ id, at: now, rawBody: raw, secrets }) };
				expect(verify({ headers, rawBody: raw, secrets, now }).verified).toBe(true);
				const forged = Buffer.concat([raw, Buffer.from('!')]);
				forged[position % forged.length] = (forged[position % forged.length] ?? 0) ^ 1;
				expect(verify({ headers, rawBody: forged, secrets, now }).verified).toBe(false);
				expect(
					verify({ headers: { ...headers, 'webhook-id': `${id}x` }, rawBody: raw, secrets, now }).verified,
				).toBe(false);
				expect(
					verify({ headers, rawBody: raw, secrets: [parseSecret(`${key.trim()}x`)], now }).verified,
				).toBe(false);
			},
		),
	);
});

test('no signature header, however strange, verifies or throws', () => {
	const secrets = [parseSecret('a plain secret of some length')];
	const header = fc.oneof(
		fc.string(),
		fc.base64String().map((each) => `v1,${each}`),
	);
	fc.assert(
		fc.property(header, fc.string(), fc.string(), (signature, id, timestamp) => {
			const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
			expect(verify({ headers, rawBody: 'x', secrets, now }).verified).toBe(false);
			expect(
				verify({
					headers: { ...headers, 'webhook-timestamp': String(now.getTime() / 1000) },
					rawBody: 'x',
					secrets,
					now,
				}).verified,
			).toBe(false);
		}),
	);
});

/** S2 once more, by hand: where each event leads from each state. What is not here must not happen. */
const LEADS: Readonly<Record<Entity, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
	task: {
		scheduled: { promote: 'queued', cancel: 'cancelled', expire: 'dead' },
		queued: { claim: 'claimed', cancel: 'cancelled', expire: 'dead' },
		claimed: {
			start: 'running',
			refuse: 'scheduled',
			settle: 'succeeded',
			fail: 'failed',
			cancel: 'cancelled',
		},
		running: { settle: 'succeeded', fail: 'failed', cancel: 'cancelled' },
		failed: { back_off: 'scheduled', bury: 'dead' },
		dead: { redrive: 'scheduled' },
	},
	execution: {
		claimed: { accept: 'accepted', settle: 'reported', expire: 'expired', refuse: 'cancelled' },
		accepted: { start: 'started', settle: 'reported', expire: 'expired', cancel: 'cancelled' },
		started: { settle: 'reported', expire: 'expired', cancel: 'cancelled' },
	},
	run: {
		IDLE: { analyze: 'ANALYZING', fail: 'ERROR_RECOVERY' },
		ANALYZING: {
			dispatch: 'DISPATCHING',
			monitor: 'MONITORING',
			complete: 'COMPLETED',
			fail: 'ERROR_RECOVERY',
		},
		DISPATCHING: { monitor: 'MONITORING', complete: 'COMPLETED', fail: 'ERROR_RECOVERY' },
		MONITORING: { complete: 'COMPLETED', fail: 'ERROR_RECOVERY' },
	},
};
const ENTITIES = ['task', 'execution', 'run'] as const;
const TEXTS = [...new Set([...TASK_STATES, ...EXECUTION_STATES, ...RUN_STATES, 'nonsense', '', 'Queued'])];

test.each(ENTITIES)(
	'in every state each event takes a %s to one state at most, the one that S2 says',
	(entity) => {
		const events = new Set(ENTITIES.flatMap((each) => TRANSITIONS[each].map(({ event }) => event)));
		for (const from of TEXTS) {
			for (const event of events) {
				const targets = TRANSITIONS[entity].filter((each) => each.from === from && each.event === event);
				const to = LEADS[entity][from]?.[event];
				expect([from, event, ...targets.map((each) => each.to)]).toEqual([from, event, ...(to ? [to] : [])]);
			}
		}
	},
);

test.each(ENTITIES)(
	'the transition decision of a %s is total: every pair of states, known or not, is legal by its event or refused with a reason',
	(entity) => {
		for (const from of TEXTS) {
			for (const to of TEXTS) {
				const event = Object.entries(LEADS[entity][from] ?? {}).find(([, target]) => target === to)?.[0];
				const decision = decideTransition(entity, from, to);
				if (event !== undefined) expect([from, to, decision]).toEqual([from, to, { legal: true, event }]);
				else
					expect([from, to, decision]).toEqual([
						from,
						to,
						{
							legal: false,
							reason: expect.stringContaining(`${entity} cannot go from ${from} to ${to}; `) as string,
						},
					]);
			}
		}
	},
);

test('the slot is the boundary nearest to the clock', () => {
	fc.assert(
		fc.property(
			fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
			fc.constantFrom(60, 300, 900),
			(at, interval) => {
				const slot = nearestSlot(at, interval);
				expect(slot.slotAt.getTime() % (interval * 1000)).toBe(0);
				expect(Math.abs(slot.deviationMs)).toBeLessThanOrEqual(interval * 500);
			},
		),
	);
});

test('shares cover every slot, never starve a key, and a key alone has them all', () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 32 }),
			fc.integer({ min: 1, max: 20 }),
			(weights, slots) => {
				const capOf = shareCaps(new Map(weights.map((weight, n) => [`key ${n}`, weight])), slots);
				const caps = weights.map((_, n) => capOf.get(`key ${n}`) ?? slots);
				expect(Math.min(...caps)).toBeGreaterThanOrEqual(1);
				expect(caps.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(slots);
				if (weights.length === 1) expect(caps).toEqual([slots]);
			},
		),
	);
});
