import { type Entity, INITIAL_STATES, TRANSITIONS } from '../core';
import type { GeneratedFile } from './generate';

const FACTS: Readonly<Record<Entity, { title: string; what: string }>> = {
	task: {
		title: 'Task',
		what: 'One queued item. `failed` is passed through in one transaction on the way to scheduled or dead.',
	},
	execution: { title: 'Execution', what: 'One dispatch of 1 to 10 tasks of one type to one endpoint.' },
	run: {
		title: 'Run',
		what: 'One pass of the orchestrator. It ends COMPLETED or ERROR_RECOVERY; the next begins IDLE. ERROR_RECOVERY ends that one run only: callbacks are settled, leases renewed and expired as ever.',
	},
};

/** What causes an event, by entity. A missing line is a fault of this file: a test asks for every event. */
export const CAUSES: Readonly<Record<Entity, Readonly<Record<string, string>>>> = {
	task: {
		enqueue: 'it was sent and is due at once',
		delay: 'it was sent with an earliest start, or debounced',
		promote: 'its time has come',
		claim: 'an execution took it, with the next epoch',
		start: 'the pre-flight of its execution succeeded',
		refuse: 'the endpoint refused the delivery; the next one is due after 1, 2, 4 min',
		settle: 'a callback reported success',
		fail: 'a callback reported failure, the lease ran out, or the delivery series is exhausted',
		back_off: 'attempts are left: 1, 2, 4, 8 min (ceiling 16) ± 30 s',
		bury: 'the last attempt failed, or the report advised against another',
		cancel: 'somebody cancelled it',
		expire: 'its deadline for waiting passed',
		redrive: 'somebody gave it another chance',
	},
	execution: {
		claim: 'tasks were claimed; dispatch lease of 30 s',
		accept: 'before the 202; work lease of 90 s, deadline = now + limit',
		start: 'the pre-flight in the n8n execution',
		settle: 'the last of its tasks was settled',
		expire: 'its lease ran out, or the n8n execution ended without a report',
		refuse: 'the endpoint refused the delivery',
		cancel: 'somebody cancelled it',
	},
	run: {
		begin: 'a heartbeat won its slot, a wake-up came, or somebody started it',
		analyze: 'at once',
		dispatch: 'something was claimed',
		monitor: 'deliveries are made, or there were none',
		complete: 'the last node; it completes the slot',
		fail: 'an error, a lease that ran out, or a slot that was taken over',
	},
};

/** docs/state-machines.md: the tables that the code and the database go by, as tables and pictures. */
export function stateMachines(): GeneratedFile {
	const entities = Object.keys(FACTS) as Entity[];
	return { name: 'state-machines.md', text: `${HEAD}\n${entities.map(chapter).join('\n')}` };
}

const HEAD = `# State machines

Generated from \`core/task/transitions.ts\` and its neighbours by \`npm run generate\`; never edit it. The database holds the same
rows in \`orchestrator.legal_transitions\` and \`orchestrator.initial_states\` and refuses every other change with \`OR002\`, by whatever
path it comes; live rows cannot be deleted. Every change is logged in \`orchestrator.state_transitions\`.
`;

function chapter(entity: Entity): string {
	const { title, what } = FACTS[entity];
	const begins = INITIAL_STATES[entity].map(({ state, event }) => ({ from: '', to: state, event }));
	const steps = [...begins, ...TRANSITIONS[entity]];
	const ends = [...new Set(steps.map(({ to }) => to))].filter(
		(state) => !steps.some(({ from }) => from === state),
	);
	const arrows = [
		...steps.map(({ from, to, event }) => `    ${from || '[*]'} --> ${to}: ${event}`),
		...ends.map((state) => `    ${state} --> [*]`),
	];
	const rows = steps.map(
		({ from, to, event }) => `| ${from || '—'} | ${event} | ${to} | ${CAUSES[entity][event] ?? ''} |`,
	);
	return `## ${title}

${what}

\`\`\`mermaid
stateDiagram-v2
${arrows.join('\n')}
\`\`\`

| from | event | to | when |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
