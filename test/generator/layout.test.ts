import fc from 'fast-check';
import type { RegionDefinition } from '../../generator/definition';
import { contains, footprint, GRID, NODE_SIZE, overlaps } from '../../generator/geometry';
import { type Arc, longestPathRanks, loopArcs } from '../../generator/graph';
import { layOut, type LayoutNode } from '../../generator/layout';

interface Graph {
	regions: RegionDefinition[];
	nodes: LayoutNode[];
	arcs: Arc[];
}

/** Up to 20 nodes in up to 6 regions; arcs lead to later nodes only, so there is no loop. */
const acyclic: fc.Arbitrary<Graph> = fc
	.record({
		nodes: fc.array(
			fc.record({
				region: fc.nat(5),
				outputs: fc.integer({ min: 0, max: 5 }),
				row: fc.option(fc.nat(2), { nil: undefined }),
				column: fc.option(fc.nat(8), { nil: undefined }),
			}),
			{ minLength: 1, maxLength: 20 },
		),
		arcs: fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 40 }),
		words: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 6, maxLength: 6 }),
		lanes: fc.array(fc.option(fc.tuple(fc.nat(2), fc.nat(1)), { nil: undefined }), {
			minLength: 6,
			maxLength: 6,
		}),
		columns: fc.array(fc.option(fc.tuple(fc.nat(6), fc.nat(3)), { nil: undefined }), {
			minLength: 6,
			maxLength: 6,
		}),
	})
	.map(({ nodes, arcs, words, lanes, columns }) => ({
		regions: words.map((count, index) => {
			const lane = lanes[index];
			const column = columns[index];
			return {
				key: `region-${index}`,
				title: `Region ${index}`,
				text: 'word '.repeat(count).trim(),
				color: 1 as const,
				...(lane ? { lanes: [lane[0], lane[0] + lane[1]] as const } : {}),
				...(column ? { columns: [column[0], column[0] + column[1]] as const } : {}),
			};
		}),
		nodes: nodes.map(({ region, outputs, row, column }, index) => ({
			key: `node-${index}`,
			region: `region-${region}`,
			outputs,
			...(row === undefined ? {} : { row }),
			...(column === undefined ? {} : { column }),
		})),
		arcs: arcs
			.filter(([from, to]) => from < to && to < nodes.length)
			.map(([from, to]) => ({ from: `node-${from}`, to: `node-${to}` })),
	}));

const pairs = <T>(things: T[]): Array<[T, T]> =>
	things.flatMap((one, index) => things.slice(index + 1).map((other): [T, T] => [one, other]));

function boxesOf(graph: Graph) {
	const layout = layOut(graph.regions, graph.nodes, graph.arcs);
	const nodes = graph.nodes.map((node) => {
		const at = layout.nodes.get(node.key);
		if (!at) throw new Error(`${node.key} has no place`);
		return { node, box: footprint(at, node.outputs) };
	});
	return { nodes, notes: [...layout.notes], at: layout.nodes };
}

describe('whatever the graph', () => {
	test('no node with its name covers another, no note covers another', () => {
		fc.assert(
			fc.property(acyclic, (graph) => {
				const { nodes, notes } = boxesOf(graph);
				expect(pairs(nodes).filter(([a, b]) => overlaps(a.box, b.box))).toEqual([]);
				expect(pairs(notes).filter(([[, a], [, b]]) => overlaps(a, b))).toEqual([]);
			}),
		);
	});

	test('every node with its name lies in its own note and in no other', () => {
		fc.assert(
			fc.property(acyclic, (graph) => {
				const { nodes, notes } = boxesOf(graph);
				for (const { node, box } of nodes) {
					expect(notes.filter(([, note]) => contains(note, box)).map(([key]) => key)).toEqual([node.region]);
					expect(notes.filter(([, note]) => overlaps(note, box)).map(([key]) => key)).toEqual([node.region]);
				}
			}),
		);
	});

	test('every edge points right, with room for the arrow', () => {
		fc.assert(
			fc.property(acyclic, (graph) => {
				const { at } = boxesOf(graph);
				const x = (key: string) => at.get(key)?.x ?? NaN;
				for (const { from, to } of graph.arcs)
					expect(x(to) - x(from)).toBeGreaterThanOrEqual(NODE_SIZE + 4 * GRID);
			}),
		);
	});

	test('everything stands on the grid', () => {
		fc.assert(
			fc.property(acyclic, (graph) => {
				const { at, notes } = boxesOf(graph);
				const numbers = [
					...[...at.values()].flatMap(({ x, y }) => [x, y]),
					...notes.flatMap(([, { x, y, width, height }]) => [x, y, width, height]),
				];
				expect(numbers.filter((value) => !Number.isInteger(value / GRID))).toEqual([]);
			}),
		);
	});

	test('the same graph is laid out the same way', () => {
		fc.assert(
			fc.property(acyclic, (graph) => {
				expect(layOut(graph.regions, graph.nodes, graph.arcs)).toEqual(
					layOut(graph.regions, graph.nodes, graph.arcs),
				);
			}),
		);
	});

	test('without the arcs that close loops no loop is left', () => {
		const anyArcs = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 30 });
		fc.assert(
			fc.property(anyArcs, (list) => {
				const keys = Array.from({ length: 8 }, (_, index) => String(index));
				const arcs = list.map(([from, to]) => ({ from: String(from), to: String(to) }));
				const loops = loopArcs(keys, arcs);
				const ranks = longestPathRanks(keys, arcs, () => 0);
				const forward = arcs.filter((arc) => !loops.has(arc));
				expect(forward.filter(({ from, to }) => (ranks.get(from) ?? 0) >= (ranks.get(to) ?? 0))).toEqual([]);
			}),
		);
	});
});
