import { z } from 'zod/v4';

/** A node of somebody else's workflow: only what the wrapper looks at; every other field rides along untouched. */
export interface ForeignNode {
	name: string;
	type: string;
	typeVersion?: unknown;
	position?: unknown;
	parameters?: Record<string, unknown>;
	disabled?: unknown;
	executeOnce?: unknown;
	notes?: unknown;
	[field: string]: unknown;
}

/** One end of a connection; n8n reads a missing index as 0. */
export interface ForeignTarget {
	node: string;
	type?: string;
	index?: number;
	[field: string]: unknown;
}

/** Per output the targets; n8n writes `null` for an output that was never connected. */
export type ForeignOutputs = Array<ForeignTarget[] | null>;

/** `main` and the AI kinds (`ai_tool`, …), each with its outputs. */
export type ForeignPorts = Record<string, ForeignOutputs>;

/** A workflow as any n8n exported it. Key order and unknown fields are part of it. */
export interface ForeignWorkflow {
	id?: unknown;
	name?: unknown;
	nodes: ForeignNode[];
	connections: Record<string, ForeignPorts>;
	settings?: unknown;
	[field: string]: unknown;
}

const target = z.looseObject({
	node: z.string(),
	type: z.string().optional(),
	index: z.number().int().min(0).max(1000).optional(),
});
const ports = z.record(z.string(), z.array(z.array(target).nullable()));
const node = z.looseObject({
	name: z.string().min(1),
	type: z.string().min(1),
	parameters: z.record(z.string(), z.unknown()).optional(),
});
const workflow = z.looseObject({
	nodes: z.array(node),
	connections: z.record(z.string(), ports),
	settings: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Looks at the shape and takes the value as it is: zod's own output would have another key order.
 * Answers the first few faults with their paths; none = it is a workflow.
 */
export function shapeFaults(value: unknown): string[] {
	const { error } = workflow.safeParse(value);
	return (error?.issues ?? [])
		.slice(0, 3)
		.map(({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`);
}

export function isWorkflow(value: unknown): value is ForeignWorkflow {
	return workflow.safeParse(value).success;
}
