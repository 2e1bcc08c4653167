import { z } from 'zod/v4';
import { isWorkflow, type ForeignWorkflow } from '../wrap/foreign-workflow';

const graph = z.custom<ForeignWorkflow>(isWorkflow, 'expected nodes and connections');

const fields = z.looseObject({
	id: z.string(),
	name: z.string(),
	/** Of the draft, the version that the editor shows. */
	versionId: z.string(),
	/** Of the version that runs; null = not published. */
	activeVersionId: z.string().nullable(),
	updatedAt: z.string(),
	isArchived: z.boolean().default(false),
	/** Missing in lists. */
	versionCounter: z.number().optional(),
});

/** A workflow as it stands in an n8n: its draft, and the version that runs when that is another one. */
export interface LiveWorkflow {
	id: string;
	name: string;
	versionId: string;
	activeVersionId: string | null;
	updatedAt: string;
	isArchived: boolean;
	versionCounter?: number;
	/** The draft, with every field that the API gave. */
	draft: ForeignWorkflow;
	/** The version that runs, the same object as `draft` when it is the same version; null = not published. */
	published: ForeignWorkflow | null;
	/** The answer of the API, for the backup. */
	raw: unknown;
}

export const liveWorkflow: z.ZodType<LiveWorkflow> = graph.transform((raw, context): LiveWorkflow => {
	const read = fields.safeParse(raw);
	if (!read.success) {
		context.addIssue(z.prettifyError(read.error));
		return z.NEVER;
	}
	const { id, name, versionId, activeVersionId, updatedAt, isArchived, versionCounter } = read.data;
	return {
		id,
		name,
		versionId,
		activeVersionId,
		updatedAt,
		isArchived,
		...(versionCounter !== undefined && { versionCounter }),
		draft: raw,
		published: runningVersion(raw, versionId, activeVersionId),
		raw,
	};
});

function runningVersion(
	raw: ForeignWorkflow,
	versionId: string,
	activeVersionId: string | null,
): ForeignWorkflow | null {
	if (activeVersionId === null || activeVersionId === versionId) return activeVersionId === null ? null : raw;
	const { activeVersion } = raw;
	return isWorkflow(activeVersion) ? { ...raw, ...graphOf(activeVersion) } : null;
}

const graphOf = ({ nodes, connections }: ForeignWorkflow) => ({ nodes, connections });

/** Of a version in the history; the body of a workflow’s name and settings is not versioned. */
export const workflowVersion = z.looseObject({ versionId: z.string() }).and(graph);

export const historyPage = z.object({ data: z.array(z.looseObject({ versionId: z.string() })) });
