import { findLockCycles } from './calls';
import type { ForeignWorkflow } from './foreign-workflow';
import { type ReadResult, readWorkflows, type WorkflowFile, writeWorkflows } from './read-workflow';
import type { Refusal } from './refusal';
import { unwrap } from './unwrap';
import { wrap, type WrapOptions, type WrapReport } from './wrap';

/** One file given on the command line: its name and its exact text. */
export interface SourceFile {
	name: string;
	text: string;
}

/** What became of one file. `text` is there unless it was refused; unchanged files keep theirs to the byte. */
export type FileResult<Report> =
	| { name: string; outcome: 'changed' | 'unchanged'; text: string; parts: Array<Part<Report>> }
	| { name: string; outcome: 'refused'; refusals: Refusal[] };

export interface Part<Report> {
	/** Its name. */
	workflow: string;
	/** As it is afterwards. */
	result: ForeignWorkflow;
	report: Report;
}

type Progress = (done: number) => void;

/** Wraps files that belong together: calls between them are looked at across all of them. */
export function wrapFiles(
	files: readonly SourceFile[],
	options: WrapOptions,
	progress: Progress = () => undefined,
): Array<FileResult<WrapReport>> {
	const read = files.map(({ text }) => readWorkflows(text));
	const others = read.flatMap((each) => (each.ok ? each.file.workflows : []));
	const results = files.map((file, index) => {
		const result = changeFile(
			file,
			read[index] ?? readWorkflows(file.text),
			wrapping({ ...options, others }),
		);
		progress(index + 1);
		return result;
	});
	return refuseCycles(results);
}

export function unwrapFiles(
	files: readonly SourceFile[],
	progress: Progress = () => undefined,
): Array<FileResult<string[]>> {
	return files.map((file, index) => {
		const result = changeFile(file, readWorkflows(file.text), unwrapping);
		progress(index + 1);
		return result;
	});
}

/** What is done to one workflow; `report` is what the operator reads. */
export type Change<Report> = (
	workflow: ForeignWorkflow,
) =>
	| { outcome: 'refused'; refusals: Refusal[] }
	| { workflow: ForeignWorkflow; report: Report; changed: boolean };

export function wrapping(options: WrapOptions): Change<WrapReport> {
	return (workflow) => {
		const one = wrap(workflow, options);
		return one.outcome === 'refused' ? one : { ...one, changed: one.outcome === 'wrapped' };
	};
}

/** The report names the nodes that were taken out. */
export const unwrapping: Change<string[]> = (workflow) => {
	const one = unwrap(workflow);
	if (one.outcome === 'refused') return one;
	return { workflow: one.workflow, report: one.removed, changed: one.outcome === 'unwrapped' };
};

function changeFile<Report>(
	{ name, text }: SourceFile,
	read: ReadResult,
	change: Change<Report>,
): FileResult<Report> {
	if (!read.ok) return { name, outcome: 'refused', refusals: [read.refusal] };
	const refusals: Refusal[] = [];
	const parts: Array<Part<Report>> = [];
	let changed = false;
	for (const workflow of read.file.workflows) {
		const one = change(workflow);
		if ('refusals' in one) {
			refusals.push(...one.refusals);
			continue;
		}
		changed ||= one.changed;
		parts.push({ workflow: String(workflow.name ?? ''), result: one.workflow, report: one.report });
	}
	if (refusals.length > 0) return { name, outcome: 'refused', refusals };
	const file: WorkflowFile = { ...read.file, workflows: parts.map(({ result }) => result) };
	return changed
		? { name, outcome: 'changed', text: writeWorkflows(file), parts }
		: { name, outcome: 'unchanged', text, parts };
}

function refuseCycles(results: Array<FileResult<WrapReport>>): Array<FileResult<WrapReport>> {
	const members = results.flatMap((result, file) => {
		if (result.outcome === 'refused') return [];
		return result.parts.map((part) => ({ file, workflow: part.result, lock: part.report.lock }));
	});
	const cycles = findLockCycles(members);
	if (cycles.size === 0) return results;
	return results.map((result, file) => {
		const refusals = members.flatMap((member, index) => {
			const refusal = cycles.get(index);
			return member.file === file && refusal ? [refusal] : [];
		});
		return refusals.length === 0 ? result : { name: result.name, outcome: 'refused', refusals };
	});
}
