import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod/v4';
import { ROOT } from './sources';

const description = z.looseObject({
	name: z.string(),
	webhooks: z.array(z.looseObject({ restartWebhook: z.boolean().optional() })).optional(),
	properties: z.array(
		z.looseObject({
			name: z.string(),
			options: z.array(z.looseObject({ value: z.unknown().optional() })).optional(),
		}),
	),
});

/** Every node of the pinned n8n that has an address at which a parked execution goes on, with the operations it offers. */
export function nodesThatResume(): Array<{ type: string; operations: string[] }> {
	const packages = ['n8n-nodes-base', '@n8n/n8n-nodes-langchain'];
	return packages.flatMap((name) => {
		const file = join(ROOT, 'host', 'node_modules', name, 'dist', 'types', 'nodes.json');
		return z
			.array(description)
			.parse(JSON.parse(readFileSync(file, 'utf8')))
			.filter(({ webhooks = [] }) => webhooks.some(({ restartWebhook }) => restartWebhook))
			.map((node) => ({ type: `${name}.${node.name}`, operations: operationsOf(node) }));
	});
}

function operationsOf({ properties }: z.infer<typeof description>): string[] {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [] }) => options.map(({ value }) => String(value)));
}
