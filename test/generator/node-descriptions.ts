import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
import { CATALOGUE, OWN_PACKAGE } from '../../generator/catalogue';
import { HOOK, ROOT } from './sources';

const BASE_NODES = join(ROOT, 'host', 'node_modules', 'n8n-nodes-base', 'dist', 'nodes');

/** Where n8n keeps the nodes that we use; `@version` picks one of a versioned node. */
const BASE_FILES: Record<string, (version: number) => string> = {
	manualTrigger: () => 'ManualTrigger/ManualTrigger.node.js#ManualTrigger',
	errorTrigger: () => 'ErrorTrigger/ErrorTrigger.node.js#ErrorTrigger',
	scheduleTrigger: () => 'Schedule/ScheduleTrigger.node.js#ScheduleTrigger',
	httpRequest: (version) => `HttpRequest/HttpRequest.node.js#HttpRequest@${version}`,
	set: (version) => `Set/Set.node.js#Set@${version}`,
	splitOut: () => 'Transform/SplitOut/SplitOut.node.js#SplitOut',
	summarize: () => 'Transform/Summarize/Summarize.node.js#Summarize',
	filter: (version) => `Filter/Filter.node.js#Filter@${version}`,
	markdown: () => 'Markdown/Markdown.node.js#Markdown',
	wait: () => 'Wait/Wait.node.js#Wait',
	noOp: () => 'NoOp/NoOp.node.js#NoOp',
	stickyNote: () => 'StickyNote/StickyNote.node.js#StickyNote',
};

/** True once the pinned n8n is installed (`npm test` does it). */
export const hostIsInstalled = existsSync(BASE_NODES);
export const nodesExist = existsSync(join(ROOT, 'nodes', 'TaskTrigger', 'TaskTrigger.node.ts'));

/** The real descriptions of n8n's own nodes that the catalogue lists, in the versions that we write. */
export function baseDescriptions(): Map<string, INodeTypeDescription> {
	const wanted = [...CATALOGUE].flatMap(([type, { versions }]) => {
		const [prefix, name = ''] = type.split('.');
		return prefix === OWN_PACKAGE
			? []
			: versions.map((version) => ({ type, file: BASE_FILES[name]?.(version) ?? '' }));
	});
	const found = describe(wanted.map(({ file }) => join(BASE_NODES, file)));
	return new Map(
		wanted.map(({ type }, index): [string, INodeTypeDescription] => [
			type,
			found[index] as INodeTypeDescription,
		]),
	);
}

/** The descriptions of this package's nodes, from source. */
export function ownDescriptions(): Map<string, INodeTypeDescription> {
	const folders = ownNodeFolders();
	const found = describe(folders.map((name) => join(ROOT, 'nodes', name, `${name}.node.ts#${name}`)));
	return new Map(found.map((description) => [`${OWN_PACKAGE}.${description.name}`, description]));
}

/** Folders of nodes/ that hold a node. */
export function ownNodeFolders(): string[] {
	const folders = readdirSync(join(ROOT, 'nodes'));
	return folders.filter((name) => existsSync(join(ROOT, 'nodes', name, `${name}.node.ts`)));
}

function describe(requests: string[]): INodeTypeDescription[] {
	const script = join(__dirname, 'describe-nodes.cjs');
	const text = execFileSync(process.execPath, ['-r', HOOK, script, ...requests], {
		encoding: 'utf8',
		maxBuffer: 2 ** 26,
	});
	return JSON.parse(text) as INodeTypeDescription[];
}
