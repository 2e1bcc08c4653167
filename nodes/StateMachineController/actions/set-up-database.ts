import { z } from 'zod/v4';
import type { SchemaStatus } from '../../../core';
import { defineOnce } from '../../shared/action';
import { toJson } from '../../shared/json';

/** The migration for installations without a shell: says what is missing, or applies it. Idempotent. */
export const setUpDatabase = defineOnce({
	parameters: z.object({ mode: z.enum(['check', 'apply']) }),
	groupOf: ({ parameters }) => parameters.mode,
	async perform({ parameters }, { orchestrator }) {
		const { schema } = await orchestrator();
		const { applied, status } =
			parameters.mode === 'apply' ? await schema.migrate() : { applied: [], status: await schema.status() };
		const answer = toJson({ ...status, applied, message: describeSchema(status) });
		return (json) => ({ json: { ...json, schema: answer } });
	},
});

/** One sentence about the schema, with the next step. */
function describeSchema({ state, databaseVersion, codeVersion, pending, drift }: SchemaStatus): string {
	switch (state) {
		case 'current':
			return `The database is set up (schema version ${databaseVersion}).`;
		case 'missing':
			return 'The database has no orchestrator schema yet. Run this action with Mode “Apply”.';
		case 'outdated':
			return `The schema is older than this package: ${pending.join(', ')} to be applied. Run this action with Mode “Apply”.`;
		case 'too_new':
			return `The schema (version ${databaseVersion}) is newer than this package (${codeVersion}). Update the package.`;
		case 'drifted':
			return `The schema differs from this package in: ${drift.join(', ')}. Run “Apply” to restore functions; a changed migration file needs the release it came from.`;
		default: {
			const unknown: never = state;
			return unknown;
		}
	}
}
