import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type INode, type INodeTypeDescription, NodeHelpers } from 'n8n-workflow';
import { CATALOGUE, OWN_PACKAGE, STICKY_NOTE } from '../../generator/catalogue';
import { generatePhase, generateRecipes, generateSamples } from '../../generator/generate';
import type { NodeJson, WorkflowJson } from '../../generator/workflow-json';
import {
	baseDescriptions,
	hostIsInstalled,
	nodesExist,
	ownDescriptions,
	ownNodeFolders,
} from './node-descriptions';
import { CONTEXT, ROOT } from './sources';

const OWN_TYPES = [...CATALOGUE.keys()].filter((type) => type.startsWith(`${OWN_PACKAGE}.`));

/** All nodes that we write, with their workflow's name for messages. */
const generated: Array<[string, NodeJson]> = [
	...generatePhase(2, CONTEXT),
	...generateSamples(CONTEXT),
	...generateRecipes(CONTEXT),
].flatMap(({ text }) => {
	const workflow = JSON.parse(text) as WorkflowJson;
	return workflow.nodes.map((node): [string, NodeJson] => [`${workflow.name} › ${node.name}`, node]);
});

test('every own node type of the catalogue is a node of the package', () => {
	const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
		name: string;
		n8n: { nodes: string[] };
	};
	const types = manifest.n8n.nodes.map((file) => {
		const className = /([A-Za-z]+)\.node\.js$/.exec(file)?.[1] ?? '';
		return `${manifest.name}.${className.charAt(0).toLowerCase()}${className.slice(1)}`;
	});
	expect([...OWN_TYPES].sort()).toEqual(types.sort());
});

(nodesExist ? test : test.skip)('every own node type of the catalogue has a folder under nodes/', () => {
	const types = ownNodeFolders().map(
		(name) => `${OWN_PACKAGE}.${name.charAt(0).toLowerCase()}${name.slice(1)}`,
	);
	expect([...OWN_TYPES].sort()).toEqual(types.sort());
});

describe('against the nodes of the pinned n8n', () => checkAgainst(hostIsInstalled, baseDescriptions));
describe('against the nodes of this package', () => checkAgainst(nodesExist, ownDescriptions));

/** What n8n itself would complain about, plus what it ignores without a word. */
function checkAgainst(present: boolean, load: () => Map<string, INodeTypeDescription>): void {
	if (!present) {
		test.skip('they are not installed', () => undefined);
		return;
	}
	const descriptions = load();
	const cases = generated.filter(([, { type }]) => descriptions.has(type));

	test('some of our nodes are of these types', () => {
		expect(cases.length).toBeGreaterThan(0);
	});

	test.each(cases)('%s has a version that exists', (_, { type, typeVersion }) => {
		expect([descriptions.get(type)?.version].flat()).toContain(typeVersion);
	});

	test.each(cases)('%s has every required parameter, with a legal value', (_, node) => {
		const description = descriptions.get(node.type) as INodeTypeDescription;
		const parameters = withDefaults(node, description);
		const { parameters: faults } =
			NodeHelpers.getNodeParametersIssues(
				description.properties,
				{ ...asNode(node), parameters },
				description,
			) ?? {};
		expect(faults).toBeUndefined();
	});

	test.each(cases)('%s sets only parameters that its operation shows', (_, node) => {
		const description = descriptions.get(node.type) as INodeTypeDescription;
		const shown = Object.keys(withDefaults(node, description));
		expect(Object.keys(node.parameters).filter((name) => !shown.includes(name))).toEqual([]);
	});

	test.each(cases)('%s chooses values that are offered', (_, node) => {
		const description = descriptions.get(node.type) as INodeTypeDescription;
		const parameters = withDefaults(node, description);
		const wrong = Object.entries(node.parameters).filter(([name, value]) => {
			const property = description.properties.find(
				(each) =>
					each.name === name && NodeHelpers.displayParameter(parameters, each, asNode(node), description),
			);
			if (property?.type !== 'options' || !property.options || property.typeOptions?.loadOptionsMethod)
				return false;
			return !property.options.some((option) => 'value' in option && option.value === value);
		});
		expect(wrong).toEqual([]);
	});

	test.each(cases.filter(([, { type }]) => type !== STICKY_NOTE))(
		'%s fills credential slots that the node has',
		(_, node) => {
			const known = (descriptions.get(node.type)?.credentials ?? []).map(({ name }) => name);
			const generic = node.parameters.nodeCredentialType;
			const slots = Object.keys(node.credentials ?? {}).filter((type) => type !== generic);
			expect(slots.filter((type) => !known.includes(type))).toEqual([]);
		},
	);
}

function asNode(node: NodeJson): INode {
	return { ...node, credentials: {}, parameters: node.parameters } as unknown as INode;
}

/** n8n's own completion: parameters that are not shown drop out, the others get their defaults. */
function withDefaults(node: NodeJson, description: INodeTypeDescription) {
	return (
		NodeHelpers.getNodeParameters(
			description.properties,
			asNode(node).parameters,
			true,
			false,
			asNode(node),
			description,
		) ?? {}
	);
}
