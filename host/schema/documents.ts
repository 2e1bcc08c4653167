import { z } from 'zod/v4';
import { migrationFiles } from '../../core/postgres/migration-files';
import { renderDump } from './dump';
import { type Query, readSchema } from './facts';
import { readHeader } from './header';
import { renderReference } from './reference';

/** The generated documents, by their place in the repository. */
export async function schemaDocuments(query: Query): Promise<Record<string, string>> {
	const facts = await readSchema(query);
	const headers = new Map(migrationFiles().functions.map(({ name, sql }) => [name, readHeader(sql)]));
	const [row] = await query('select orchestrator.doctor_facts() as facts');
	const { objects } = z.object({ objects: z.array(z.string()) }).parse(row?.facts);
	return {
		'migrations/objects.txt': `${objects.join('\n')}\n`,
		'docs/schema.sql': renderDump(facts),
		'docs/database.md': renderReference(facts, headers),
	};
}
