import { isDeepStrictEqual } from 'node:util';
import { OrchestratorError } from '../../core';
import { N8nNotFoundError } from '../n8n-api/errors';
import type { LiveWorkflow } from '../n8n-api/live-workflow';
import type { Content, N8nApi } from '../n8n-api/n8n-api';
import { plain } from '../plain-text';
import { differingNodes, holds } from './decide';

/** Somebody saved the workflow while we worked on it; theirs is kept, ours is not published. */
export class EditedMeanwhileError extends OrchestratorError {
	readonly code = 'MO_EDITED_MEANWHILE';
}

/** n8n took the draft, and then did not publish it; what could be put back was. */
export class NotPublishedError extends OrchestratorError {
	readonly code = 'MO_NOT_PUBLISHED';
}

export interface Put {
	/** As it was when the decision was taken. */
	before: LiveWorkflow;
	/** New nodes and connections; null: the draft has them already. */
	save: Content | null;
	publish: boolean;
}

/**
 * Writes one workflow in place: first as a draft, which runs nowhere, then that very version is published. So nothing
 * that somebody else saved meanwhile can go live by our hand. Answers what n8n changed by itself, to be told.
 */
export async function put(api: N8nApi, { before, save, publish }: Put): Promise<string[]> {
	const now = await api.workflow(before.id);
	if (!isSame(now, before)) throw editedMeanwhile(before, 'Nothing was written.');
	const saved = save === null ? now : await api.saveDraft(now.id, now.name, save);
	if (save !== null) await assertNobodySaved(api, now, saved);
	if (publish) await publishVersion(api, now, saved);
	const after = await api.workflow(now.id);
	if (after.versionId !== saved.versionId || (publish && after.activeVersionId !== saved.versionId)) {
		throw editedMeanwhile(
			before,
			'Our version was written, and somebody saved or published another one after it.',
		);
	}
	return save === null ? [] : tellChanges(now, after, save);
}

const isSame = (a: LiveWorkflow, b: LiveWorkflow): boolean =>
	a.versionId === b.versionId &&
	a.activeVersionId === b.activeVersionId &&
	a.name === b.name &&
	a.isArchived === b.isArchived &&
	holds(a.draft, b.draft) &&
	isDeepStrictEqual(a.draft.settings, b.draft.settings);

/**
 * Between our look and our save there are a few milliseconds in which the editor can save too. n8n counts saves and
 * keeps every version, so this is seen afterwards, and the other’s version becomes the draft again.
 */
async function assertNobodySaved(api: N8nApi, before: LiveWorkflow, saved: LiveWorkflow): Promise<void> {
	const theirs = await foreignVersions(api, before, saved);
	const [last] = theirs;
	if (last !== undefined) {
		await api.saveDraft(before.id, saved.name, await api.version(before.id, last));
		throw editedMeanwhile(before, 'Theirs is the draft again; nothing was published.');
	}
	if (savesBetween(before, saved) > 1) {
		await api.saveDraft(before.id, saved.name, before.draft);
		throw editedMeanwhile(before, 'The draft was put back; nothing was published.');
	}
}

/** Saves of nodes or settings, ours included; an n8n that does not count them answers 0. */
const savesBetween = (before: LiveWorkflow, saved: LiveWorkflow): number =>
	(saved.versionCounter ?? 0) - (before.versionCounter ?? saved.versionCounter ?? 0);

/** Versions that were saved since `before` and are not ours, newest first. */
async function foreignVersions(api: N8nApi, before: LiveWorkflow, saved: LiveWorkflow): Promise<string[]> {
	if (saved.versionId === before.versionId) return [];
	try {
		const versions = await api.history(before.id);
		const known = versions.indexOf(before.versionId);
		return known < 0 ? [] : versions.slice(0, known).filter((version) => version !== saved.versionId);
	} catch (error) {
		if (error instanceof N8nNotFoundError) return [];
		throw error;
	}
}

async function publishVersion(api: N8nApi, before: LiveWorkflow, saved: LiveWorkflow): Promise<void> {
	try {
		await api.publish(before.id, saved.versionId);
	} catch (cause) {
		const state = await putBack(api, before).catch(() => 'It could not be put back either: see the backup.');
		const said = cause instanceof Error ? cause.message : String(cause);
		throw new NotPublishedError(
			`The changed version was saved but not published. ${said} ${state}`,
			cause instanceof OrchestratorError ? cause.action : 'Look into n8n’s log, then run the command again.',
			{ cause },
		);
	}
}

/** An n8n without publication outbox unpublishes a workflow whose new version it cannot start. */
async function putBack(api: N8nApi, { id, name, draft, activeVersionId }: LiveWorkflow): Promise<string> {
	await api.saveDraft(id, name, draft);
	const now = await api.workflow(id);
	if (activeVersionId !== null && now.activeVersionId !== activeVersionId) {
		await api.publish(id, activeVersionId);
	}
	return 'The version that ran before runs on, and the draft was put back.';
}

const editedMeanwhile = ({ name }: LiveWorkflow, state: string): EditedMeanwhileError =>
	new EditedMeanwhileError(
		`Somebody changed “${plain(name)}” while we worked on it. ${state}`,
		'Look at the workflow in the editor, then run the command again.',
	);

/** n8n tidies what it saves: it resolves credentials, adds missing ids, drops settings that equal its defaults. */
function tellChanges(before: LiveWorkflow, after: LiveWorkflow, wanted: Content): string[] {
	const nodes = differingNodes(after.draft, wanted).map(
		({ node, fields }) => `n8n itself changed ${fields.join(', ')} of “${plain(node)}” when it saved`,
	);
	const kept = (['settings', 'pinData', 'meta', 'nodeGroups'] as const).filter(
		(field) => !isDeepStrictEqual(before.draft[field], after.draft[field]),
	);
	return [...nodes, ...kept.map((field) => `n8n itself changed the workflow’s ${field} when it saved`)];
}
