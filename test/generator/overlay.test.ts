import { errorHandler } from '../../generator/definitions/error-handler';
import { baseNode } from '../../generator/definitions/nodes';
import { type AddOperation, applyOverlay } from '../../generator/phases/overlay';
import { render } from '../../generator/render';
import { CONTEXT } from './sources';

const base = () => [errorHandler(CONTEXT)];
const trigger = (key: string, region: string) =>
	baseNode({ key, region, name: `Node ${key}`, typeVersion: 1 }, 'manualTrigger', {});

test('an overlay adds nodes and edges and leaves the base as it was', () => {
	const before = base();
	const [after] = applyOverlay(before, [
		{
			workflow: 'error-handler',
			add: { nodes: [trigger('more', 'record')], edges: [{ from: 'more', to: 'record' }] },
		},
	]);
	expect(after?.nodes.map(({ key }) => key)).toEqual(['error', 'record', 'more']);
	expect(before).toEqual(base());
});

test.each<[string, AddOperation, string]>([
	['an unknown workflow', { workflow: 'ghost', add: {} }, 'unknown workflow “ghost”'],
	[
		'an unknown region',
		{ workflow: 'error-handler', add: { nodes: [trigger('a', 'ghost')] } },
		'no region “ghost”',
	],
	[
		'a key that is taken',
		{ workflow: 'error-handler', add: { nodes: [trigger('error', 'record')] } },
		'“error” is there twice',
	],
	[
		'an unknown end',
		{ workflow: 'error-handler', add: { edges: [{ from: 'error', to: 'ghost' }] } },
		'no node “ghost”',
	],
	[
		'an unknown start',
		{ workflow: 'error-handler', add: { edges: [{ from: 'ghost', to: 'error' }] } },
		'no node “ghost”',
	],
])('an overlay with %s is refused', (_, operation, message) => {
	expect(() => applyOverlay(base(), [operation])).toThrow(message);
});

test('an edge from an output that the node does not have is refused', () => {
	const definition = errorHandler(CONTEXT);
	definition.edges = [{ from: 'error', output: 'won', to: 'record' }];
	expect(() => render(definition, 'main')).toThrow('“error” has no output “won”');
});
