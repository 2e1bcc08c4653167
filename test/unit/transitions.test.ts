import {
	backoffSeconds,
	decideTransition,
	DELIVERY_BACKOFF,
	type Entity,
	EXECUTION_STATES,
	FAILURE_BACKOFF,
	RUN_STATES,
	TASK_STATES,
	TRANSITIONS,
} from '../../core';

const states: Record<Entity, readonly string[]> = {
	task: TASK_STATES,
	execution: EXECUTION_STATES,
	run: RUN_STATES,
};
const terminal: Record<Entity, string[]> = {
	// A dead task stays dead until somebody redrives it.
	task: ['succeeded', 'cancelled'],
	execution: ['reported', 'expired', 'cancelled'],
	run: ['COMPLETED', 'ERROR_RECOVERY'],
};
const entities = Object.keys(states) as Entity[];

test.each(entities)('the terminal states of a %s absorb and every other one leads on', (entity) => {
	const ends = states[entity].filter((state) => !TRANSITIONS[entity].some((each) => each.from === state));
	expect(ends.sort()).toEqual(terminal[entity].sort());
});

test.each(entities)('every state of a %s can be reached from its first', (entity) => {
	const reached = new Set(entity === 'task' ? ['scheduled', 'queued'] : [states[entity][0] ?? '']);
	for (const _ of states[entity])
		for (const each of TRANSITIONS[entity]) if (reached.has(each.from)) reached.add(each.to);
	expect([...reached].sort()).toEqual([...states[entity]].sort());
});

test('a refused change says what would be legal', () => {
	expect(decideTransition('task', 'queued', 'succeeded')).toEqual({
		legal: false,
		reason: 'task cannot go from queued to succeeded; legal from here: claimed, cancelled, dead',
	});
	expect(decideTransition('run', 'COMPLETED', 'IDLE')).toMatchObject({
		legal: false,
		reason: expect.stringContaining('end state'),
	});
	expect(decideTransition('task', 'queued', 'claimed')).toEqual({ legal: true, event: 'claim' });
});

test('the documented waits: 1, 2, 4, 8 minutes after failures, ceiling 16; 1, 2, 4 for deliveries', () => {
	expect([1, 2, 3, 4, 5, 6, 60].map((n) => backoffSeconds(FAILURE_BACKOFF, n, 0.5) / 60)).toEqual([
		1, 2, 4, 8, 16, 16, 16,
	]);
	expect([1, 2, 3].map((n) => backoffSeconds(DELIVERY_BACKOFF, n, 0.9) / 60)).toEqual([1, 2, 4]);
	expect([backoffSeconds(FAILURE_BACKOFF, 1, 0), backoffSeconds(FAILURE_BACKOFF, 1, 1)]).toEqual([30, 90]);
});
