import type { RegionDefinition } from './definition';
import {
	type Box,
	GRID,
	LABEL_HEIGHT,
	LABEL_WIDTH,
	NODE_SIZE,
	nodeHeight,
	type Point,
	snapUp,
} from './geometry';
import { type Arc, longestPathRanks } from './graph';
import { noteHeight } from './note-text';

export interface LayoutNode {
	key: string;
	region: string;
	row?: number;
	/** Stands no further left than this. */
	column?: number;
	outputs: number;
}

export interface Layout {
	nodes: Map<string, Point>;
	notes: Map<string, Box>;
}

/** Space left and right of a node inside its note: the text under it, and the sign that n8n puts left of a trigger. */
const SIDE = 48;
/** From node to node inside a note: names stand side by side, and an output's label fits between the nodes. */
const PITCH = LABEL_WIDTH;
/** After a node whose outputs have labels: these, and the count of items that n8n writes on an edge. */
const LABELLED_PITCH = PITCH + 2 * GRID;
/** From node to node across the border of two notes. */
const BORDER_PITCH = NODE_SIZE + 2 * SIDE + GRID;
/** Every row has room for a node of three outputs, so that one more output moves nothing. */
const ROOMY_NODE = nodeHeight(3);

interface Cell {
	region: RegionDefinition;
	columns: [number, number];
	lanes: [number, number];
	rows: Map<string, number>;
	rowCount: number;
}

/**
 * Places everything on a grid of columns and lanes. A column is a node's longest path from a trigger, so that every
 * edge but a loop points right. Each note covers a rectangle of columns and lanes of its own, so that none overlap.
 */
export function layOut(regions: RegionDefinition[], nodes: LayoutNode[], arcs: readonly Arc[]): Layout {
	const least = new Map(regions.map((region) => [region.key, region.columns?.[0] ?? 0]));
	const leastOf = new Map(
		nodes.map(({ key, region, column = 0 }) => [key, Math.max(column, least.get(region) ?? 0)]),
	);
	const columns = longestPathRanks([...leastOf.keys()], arcs, (key) => leastOf.get(key) ?? 0);
	const cells = placeRegions(regions, nodes, columns);
	const labelled = new Set(
		nodes.filter(({ outputs }) => outputs > 1).map(({ key }) => columns.get(key) ?? 0),
	);
	const x = columnPositions(cells, labelled);
	const tallest = Math.max(ROOMY_NODE, ...nodes.map((node) => nodeHeight(node.outputs)));
	const lanes = laneBands(cells, x, tallest + LABEL_HEIGHT);
	return {
		nodes: new Map(nodes.map((node) => [node.key, positionOf(node, { columns, cells, x, lanes, tallest })])),
		notes: new Map(cells.map((cell) => [cell.region.key, noteBox(cell, x, lanes)])),
	};
}

/** In the order of definition: each region takes the lanes it wants, or the next below where nothing stands. */
function placeRegions(
	regions: RegionDefinition[],
	nodes: LayoutNode[],
	columns: Map<string, number>,
): Cell[] {
	const placed: Cell[] = [];
	for (const region of regions) {
		const own = nodes.filter((node) => node.region === region.key);
		if (own.length === 0) continue;
		const used = own.map((node) => columns.get(node.key) ?? 0);
		const span: [number, number] = [
			Math.min(region.columns?.[0] ?? Infinity, ...used),
			Math.max(region.columns?.[1] ?? 0, ...used),
		];
		const rows = assignRows(own, columns);
		const cell: Cell = {
			region,
			columns: span,
			lanes: [region.lanes?.[0] ?? 0, region.lanes?.[1] ?? region.lanes?.[0] ?? 0],
			rows,
			rowCount: 1 + Math.max(...rows.values()),
		};
		while (placed.some((other) => meet(other.columns, span) && meet(other.lanes, cell.lanes))) {
			cell.lanes = [cell.lanes[0] + 1, cell.lanes[1] + 1];
		}
		placed.push(cell);
	}
	return placed;
}

function meet(a: [number, number], b: [number, number]): boolean {
	return a[0] <= b[1] && b[0] <= a[1];
}

/** The wanted row, or the next free one in that column. */
function assignRows(nodes: LayoutNode[], columns: Map<string, number>): Map<string, number> {
	const rows = new Map<string, number>();
	const taken = new Set<string>();
	for (const node of nodes) {
		let row = node.row ?? 0;
		while (taken.has(`${columns.get(node.key)}/${row}`)) row++;
		taken.add(`${columns.get(node.key)}/${row}`);
		rows.set(node.key, row);
	}
	return rows;
}

/** Left edge of the nodes in each column; wider steps behind labels and where a note ends or begins. */
function columnPositions(cells: Cell[], labelled: Set<number>): number[] {
	const last = Math.max(0, ...cells.map((cell) => cell.columns[1]));
	const positions = [0];
	for (let column = 1; column <= last; column++) {
		const border = cells.some((cell) => cell.columns[0] === column || cell.columns[1] === column - 1);
		const inside = labelled.has(column - 1) ? LABELLED_PITCH : PITCH;
		positions.push((positions[column - 1] ?? 0) + (border ? BORDER_PITCH : inside));
	}
	return positions;
}

interface Lane {
	top: number;
	header: number;
	bottom: number;
}

/** Heads of the notes in one lane are equally high, so that their nodes stand in one line. */
function laneBands(cells: Cell[], x: number[], rowHeight: number): Lane[] {
	const count = 1 + Math.max(0, ...cells.map((cell) => cell.lanes[1]));
	const lanes: Lane[] = [];
	for (let lane = 0; lane < count; lane++) {
		const top = lane === 0 ? 0 : (lanes[lane - 1]?.bottom ?? 0) + GRID;
		const ending = cells.filter((cell) => cell.lanes[1] === lane);
		const needed = ending.map((cell) => headerHeight(cell, x) - (top - (lanes[cell.lanes[0]]?.top ?? top)));
		const header = Math.max(0, ...needed);
		const rows = Math.max(0, ...ending.map((cell) => cell.rowCount));
		lanes.push({ top, header, bottom: top + header + rows * rowHeight });
	}
	return lanes;
}

function headerHeight(cell: Cell, x: number[]): number {
	return snapUp(noteHeight(cell.region.title, cell.region.text, noteWidth(cell, x)));
}

function noteWidth({ columns }: Cell, x: number[]): number {
	return (x[columns[1]] ?? 0) - (x[columns[0]] ?? 0) + NODE_SIZE + 2 * SIDE;
}

function noteBox(cell: Cell, x: number[], lanes: Lane[]): Box {
	const top = lanes[cell.lanes[0]]?.top ?? 0;
	const bottom = lanes[cell.lanes[1]]?.bottom ?? 0;
	return { x: (x[cell.columns[0]] ?? 0) - SIDE, y: top, width: noteWidth(cell, x), height: bottom - top };
}

interface Places {
	columns: Map<string, number>;
	cells: Cell[];
	x: number[];
	lanes: Lane[];
	tallest: number;
}

/** Nodes of one row share their middle line, where n8n draws the edges. */
function positionOf(node: LayoutNode, { columns, cells, x, lanes, tallest }: Places): Point {
	const cell = cells.find(({ region }) => region.key === node.region);
	const lane = lanes[cell?.lanes[1] ?? 0];
	const row = cell?.rows.get(node.key) ?? 0;
	const rowTop = (lane?.top ?? 0) + (lane?.header ?? 0) + row * (tallest + LABEL_HEIGHT);
	return { x: x[columns.get(node.key) ?? 0] ?? 0, y: rowTop + (tallest - nodeHeight(node.outputs)) / 2 };
}
