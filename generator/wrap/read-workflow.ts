import { type ForeignWorkflow, isWorkflow, shapeFaults } from './foreign-workflow';
import type { Refusal } from './refusal';

/** n8n's own largest exports are below 20 MB; more is a mistake or an attack. */
export const MAX_BYTES = 50 * 1024 * 1024;
export const MAX_NODES = 10_000;
export const MAX_EDGES = 50_000;
/** JSON nested deeper than this ends in a stack overflow somewhere, here or in n8n. */
export const MAX_DEPTH = 200;

/** A file as it was read, with what is needed to write it back in the same form. */
export interface WorkflowFile {
	/** n8n's command line exports several workflows as one list. */
	list: boolean;
	workflows: ForeignWorkflow[];
	form: TextForm;
}

interface TextForm {
	indent: string;
	end: string;
	mark: string;
}

export type ReadResult = { ok: true; file: WorkflowFile } | { ok: false; refusal: Refusal };

/** Text to workflows, or the reason why not. Nothing in the text is run, and no key of it becomes a prototype. */
export function readWorkflows(text: string): ReadResult {
	const size = Buffer.byteLength(text);
	if (size > MAX_BYTES) return refused(tooLarge(`It has ${size} bytes, at most ${MAX_BYTES} are read.`));
	const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
	const parsed = parse(text.slice(mark.length));
	if (!parsed.ok) return parsed;
	const hostile = findHostile(parsed.value);
	if (hostile) return refused(hostile);
	const list = Array.isArray(parsed.value);
	const workflows: unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value];
	const over = workflows.map(findOversize).find((each) => each !== undefined);
	if (over) return refused(over);
	if (workflows.length === 0 || !workflows.every(isWorkflow)) return refused(notAWorkflow(workflows));
	return { ok: true, file: { list, workflows, form: { ...formOf(text.slice(mark.length)), mark } } };
}

/** The same form as the text that was read: indentation, line end and byte order mark. */
export function writeWorkflows({ list, workflows, form }: WorkflowFile): string {
	const text = JSON.stringify(list ? workflows : workflows[0], null, form.indent);
	return `${form.mark}${text}${form.end}`;
}

const refused = (refusal: Refusal): ReadResult => ({ ok: false, refusal });

const tooLarge = (reason: string): Refusal => ({
	code: 'WRAP_TOO_LARGE',
	reason,
	action: 'Check that this is an export of n8n; if it really is one workflow, split it.',
});

function parse(text: string): { ok: true; value: unknown } | { ok: false; refusal: Refusal } {
	try {
		return { ok: true, value: JSON.parse(text) };
	} catch (error) {
		return {
			ok: false,
			refusal: {
				code: 'WRAP_NOT_JSON',
				reason: `It is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
				action: 'Give a file that n8n exported (Download, or n8n export:workflow).',
			},
		};
	}
}

function notAWorkflow(values: unknown[]): Refusal {
	const faults = values.flatMap(shapeFaults).slice(0, 3);
	return {
		code: 'WRAP_NOT_A_WORKFLOW',
		reason: `It is not an n8n workflow: ${faults.join('; ') || 'the list is empty'}.`,
		action: 'Give a file that n8n exported: an object with “nodes” and “connections”.',
	};
}

/** Names of things that JavaScript finds on every object: as a node's name they reach n8n's own lookups. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** Data of the operator, never used as a path: a racing team may have a column “constructor”. */
const DATA = new Set(['pinData', 'staticData']);

interface Visit {
	value: object;
	/** The way here, last key first: a path is written only when something is wrong. */
	way: Way | undefined;
	depth: number;
	data: boolean;
}

interface Way {
	key: string;
	before: Way | undefined;
}

/** Walks without recursion, so that depth cannot end the process. */
function findHostile(root: unknown): Refusal | undefined {
	const waiting: Visit[] = [];
	const push = (value: unknown, from: Omit<Visit, 'value'>): void => {
		if (typeof value === 'object' && value !== null) waiting.push({ value, ...from });
	};
	push(root, { way: undefined, depth: 0, data: false });
	for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
		const { value, depth, data } = visit;
		if (depth > MAX_DEPTH) return tooLarge(`It is nested more than ${MAX_DEPTH} levels deep.`);
		for (const [key, inner] of Object.entries(value)) {
			const way = { key, before: visit.way };
			if (key === '__proto__' || (!data && PROTOTYPE_KEYS.has(key))) return hostileKey(pathOf(way));
			push(inner, { way, depth: depth + 1, data: data || DATA.has(key) });
		}
	}
	return undefined;
}

function pathOf(way: Way): string {
	const keys: string[] = [];
	for (let at: Way | undefined = way; at !== undefined; at = at.before) keys.unshift(at.key);
	return keys.join('.');
}

const hostileKey = (path: string): Refusal => ({
	code: 'WRAP_HOSTILE_KEY',
	reason: `The key ${path.slice(-120)} is a name of JavaScript’s own: such a file can change how programs behave that read it.`,
	action: 'Do not import this file into n8n before you know who wrote it.',
});

/** Before the shape is known: a check of every edge would take longer than counting them. */
function findOversize(workflow: unknown): Refusal | undefined {
	const nodes = valuesOf(fieldOf(workflow, 'nodes'));
	if (nodes.length > MAX_NODES) {
		return tooLarge(`It has ${nodes.length} nodes, at most ${MAX_NODES} are read.`);
	}
	const named = nodes.map((node) => fieldOf(node, 'name')).find(isPrototypeKey);
	if (named !== undefined) return hostileKey(`nodes.${named}`);
	let edges = 0;
	for (const ports of valuesOf(fieldOf(workflow, 'connections'))) {
		for (const outputs of valuesOf(ports)) {
			for (const targets of valuesOf(outputs)) edges += valuesOf(targets).length;
		}
	}
	return edges > MAX_EDGES
		? tooLarge(`It has ${edges} connections, at most ${MAX_EDGES} are read.`)
		: undefined;
}

const isPrototypeKey = (name: unknown): name is string =>
	typeof name === 'string' && PROTOTYPE_KEYS.has(name);

function valuesOf(value: unknown): unknown[] {
	return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function fieldOf(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null
		? Object.getOwnPropertyDescriptor(value, key)?.value
		: undefined;
}

function formOf(text: string): Omit<TextForm, 'mark'> {
	const indent = /^\s*[[{]\r?\n([ \t]+)/.exec(text)?.[1] ?? '';
	const end = /\s*$/.exec(text.slice(-4))?.[0] ?? '';
	return { indent: indent.slice(0, 10), end };
}
