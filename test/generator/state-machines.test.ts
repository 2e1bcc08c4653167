import { type Entity, INITIAL_STATES, TRANSITIONS } from '../../core';
import { CAUSES, stateMachines } from '../../generator/state-machines';

const ENTITIES = Object.keys(TRANSITIONS) as Entity[];
const { text } = stateMachines();

test.each(ENTITIES)(
	'the page shows every change of a %s, in the picture and in the table, with its cause',
	(entity) => {
		const begins = INITIAL_STATES[entity].map(({ state, event }) => ({ from: undefined, to: state, event }));
		for (const { from, to, event } of [...begins, ...TRANSITIONS[entity]]) {
			expect(text).toContain(`    ${from ?? '[*]'} --> ${to}: ${event}\n`);
			expect(text).toContain(`| ${from ?? '—'} | ${event} | ${to} | ${CAUSES[entity][event]} |`);
			expect(CAUSES[entity][event]).toBeTruthy();
		}
	},
);

test.each(ENTITIES)('no cause of a %s is told that is none of its events', (entity) => {
	const events = [...INITIAL_STATES[entity], ...TRANSITIONS[entity]].map(({ event }) => event);
	expect(Object.keys(CAUSES[entity]).filter((each) => !events.includes(each))).toEqual([]);
});
