import { contains } from '../geometry';
import { stickyNotes, workingNodes } from './arcs';
import { labelledBox, noteBox } from './boxes';
import type { Rule } from './finding';

export const region: Rule = {
	code: 'GEN_REGION',
	scope: 'generated',
	promise: 'Every node with its name lies in exactly one sticky note, and every note has a title and a node.',
	check: (workflow) => {
		const notes = stickyNotes(workflow);
		const nodes = workingNodes(workflow);
		const homes = (name: string) => {
			const node = nodes.find((other) => other.name === name);
			return node ? notes.filter((note) => contains(noteBox(note), labelledBox(node))) : [];
		};
		return [
			...nodes
				.filter(({ name }) => homes(name).length !== 1)
				.map(({ name }) => `“${name}” lies in ${homes(name).length} notes, expected 1.`),
			...notes
				.filter(({ parameters: { content } }) => typeof content !== 'string' || !/^## \S/.test(content))
				.map(({ name }) => `“${name}” has no title.`),
			...notes
				.filter((note) => !nodes.some((node) => contains(noteBox(note), labelledBox(node))))
				.map(({ name }) => `“${name}” contains no node.`),
		];
	},
};
