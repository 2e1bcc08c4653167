import { GRID } from '../geometry';
import { stickyNotes } from './arcs';
import type { Rule } from './finding';

export const grid: Rule = {
	code: 'GEN_GRID',
	scope: 'generated',
	promise: 'Everything stands on the grid of the canvas.',
	check: (workflow) => [
		...workflow.nodes
			.filter(({ position }) => position.some((value) => !isOnGrid(value)))
			.map(
				({ name, position }) => `“${name}” stands at ${position.join(', ')}, expected multiples of ${GRID}.`,
			),
		...stickyNotes(workflow)
			.filter(({ parameters: { width, height } }) => !isOnGrid(width) || !isOnGrid(height))
			.map(({ name }) => `“${name}” has a size that is no multiple of ${GRID}.`),
	],
};

function isOnGrid(value: unknown): boolean {
	return typeof value === 'number' && Number.isInteger(value / GRID);
}
