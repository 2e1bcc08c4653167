import { overlaps } from '../geometry';
import { stickyNotes, workingNodes } from './arcs';
import { nodeBox, noteBox } from './boxes';
import type { Rule } from './finding';

export const overlap: Rule = {
	code: 'GEN_OVERLAP',
	scope: 'generated',
	promise: 'No node covers another, no note covers another.',
	check: (workflow) => [
		...collisions(workingNodes(workflow).map((node) => ({ name: node.name, box: nodeBox(node) }))),
		...collisions(stickyNotes(workflow).map((note) => ({ name: note.name, box: noteBox(note) }))),
	],
};

function collisions(things: Array<{ name: string; box: ReturnType<typeof nodeBox> }>): string[] {
	return things.flatMap((one, index) =>
		things
			.slice(index + 1)
			.filter((other) => overlaps(one.box, other.box))
			.map((other) => `“${one.name}” and “${other.name}” overlap.`),
	);
}
