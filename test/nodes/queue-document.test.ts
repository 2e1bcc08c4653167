import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { properties } from '../../nodes/PriorityQueueManager/description';

const titles = new Map(
	properties
		.find(({ name }) => name === 'resource')
		?.options?.flatMap((option) => ('value' in option ? [[String(option.value), option.name] as const] : [])),
);

test('docs/queue.md names every action of the Priority Queue Manager by its name in the editor, but for the Master’s Claim', () => {
	const actions = properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [], displayOptions }) =>
			options.map(({ name }) => `${titles.get(String(displayOptions?.show?.resource?.[0]))} → ${name}`),
		);
	const document = readFileSync(join(__dirname, '../../docs/queue.md'), 'utf8');
	const named = [...document.matchAll(/\*([\w ]+ → [\w ]+)\*/g)].map(([, action]) => action);
	expect(new Set(named)).toEqual(new Set(actions.filter((action) => action !== 'Task → Claim')));
});
