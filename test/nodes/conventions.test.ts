import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	type ICredentialType,
	type INodeParameters,
	type INodeProperties,
	type INodeType,
	Workflow,
} from 'n8n-workflow';
import packageJson from '../../package.json';

const root = join(__dirname, '../..');

function load<T>(file: string): T {
	const source = file.replace(/^dist\//, '').replace(/\.js$/, '');
	const name = source.split('/').at(-1)?.split('.')[0] ?? '';
	const module: Record<string, new () => T> = jest.requireActual(join(root, source));
	const Type = module[name];
	if (Type === undefined) throw new Error(`${source} exports no class ${name}`);
	return new Type();
}

/** A field with those of its collection. */
function withInner(property: INodeProperties): INodeProperties[] {
	const inner = (property.options ?? []).flatMap((option) => {
		if ('values' in option) return option.values;
		return 'type' in option ? [option] : [];
	});
	return [property, ...inner.flatMap(withInner)];
}

/** Every operation, with its resource in nodes that have several. */
function choicesOf(properties: INodeProperties[]): Array<{ resource?: string; operation: string }> {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [], displayOptions }) =>
			options
				.flatMap((option) => ('value' in option ? [String(option.value)] : []))
				.map((operation) => {
					const [resource] = displayOptions?.show?.resource ?? [];
					return typeof resource === 'string' ? { resource, operation } : { operation };
				}),
		);
}

/** As the editor does: with the defaults of whatever the workflow does not name. */
function evaluate(type: INodeType, parameters: INodeParameters, expression: string): unknown {
	const node = { id: '1', name: 'Node', type: type.description.name, typeVersion: 1, parameters };
	const workflow = new Workflow({
		nodes: [{ ...node, position: [0, 0] }],
		connections: {},
		active: false,
		nodeTypes: { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) },
	});
	const made = workflow.getNode('Node');
	if (made === null) throw new Error('n8n made no node');
	return workflow.expression.getSimpleParameterValue(made, expression, 'internal', {});
}

describe.each(packageJson.n8n.nodes)('%s', (file) => {
	const node = load<INodeType>(file);
	const folder = join(root, file.replace(/^dist\//, '').replace(/\/[^/]+$/, ''));
	const name = file.split('/').at(-1)?.split('.')[0] ?? '';
	const { description } = node;

	it('is named after its file', () => {
		expect(description.name).toBe(name.charAt(0).toLowerCase() + name.slice(1));
		const title = description.displayName.replaceAll(' ', '');
		expect(title.toLowerCase()).toBe(name.toLowerCase());
		expect(description.defaults.name).toBe(description.displayName);
	});

	it('has two different icons', () => {
		const { icon } = description;
		if (typeof icon !== 'object') throw new Error('the icon needs a light and a dark file');
		const files = [icon.light, icon.dark].map((each) => join(folder, each.replace('file:', '')));
		const [light, dark] = files.map((each) => readFileSync(each, 'utf8'));
		expect(light).toContain('viewBox="0 0 60 60"');
		expect(dark).not.toBe(light);
	});

	it('has a codex file that names it', () => {
		const codex = JSON.parse(readFileSync(join(folder, `${name}.node.json`), 'utf8'));
		expect(codex).toMatchObject({
			node: `${packageJson.name}.${description.name}`,
			categories: expect.any(Array),
		});
		expect(codex.resources.primaryDocumentation[0].url).toContain(packageJson.homepage.split('#')[0]);
	});

	it('has a subtitle, is no AI tool, and describes every field', () => {
		expect(description.subtitle).toMatch(/^=\{\{ .+ \}\}$/);
		expect(description.usableAsTool).toBeUndefined();
		for (const property of description.properties.flatMap(withInner)) {
			if (['notice', 'hidden', 'collection'].includes(property.type) || property.name === 'operation')
				continue;
			expect([property.name, property.description]).toEqual([property.name, expect.stringMatching(/\S/)]);
		}
	});

	it('has a subtitle and connectors that n8n can evaluate, for every operation', () => {
		for (const { resource, operation } of choicesOf(description.properties)) {
			const parameters = { ...(resource === undefined ? {} : { resource }), operation };
			const subtitle = evaluate(node, parameters, description.subtitle ?? '');
			expect([operation, subtitle]).toEqual([operation, expect.stringMatching(/^\w/)]);
			const { outputs } = description;
			if (typeof outputs !== 'string') continue;
			expect([operation, evaluate(node, parameters, outputs)]).toEqual([operation, expect.any(Array)]);
		}
	});

	it('gives every operation an action text and a subtitle', () => {
		const operations = description.properties.filter((property) => property.name === 'operation');
		for (const option of operations.flatMap(({ options = [] }) => options)) {
			expect(option).toMatchObject({ action: expect.any(String), description: expect.any(String) });
			if ('value' in option) expect(description.subtitle).toContain(`"${option.value}"`);
		}
	});

	it('is a title page', () => {
		const lines = readFileSync(join(folder, `${name}.node.ts`), 'utf8').split('\n').length;
		expect(lines).toBeLessThanOrEqual(75);
	});
});

describe.each(packageJson.n8n.credentials)('%s', (file) => {
	const credential = load<ICredentialType>(file);

	it('has icons, hides its secrets, and is tested by exactly one node', () => {
		const { icon } = credential;
		if (typeof icon !== 'object') throw new Error('the icon needs a light and a dark file');
		for (const each of [icon.light, icon.dark]) {
			expect(existsSync(join(root, 'credentials', each.replace('file:', '')))).toBe(true);
		}
		for (const property of credential.properties.filter(({ name }) => /password|secret|apiKey/i.test(name))) {
			expect(property.typeOptions?.password).toBe(true);
		}
		const testers = packageJson.n8n.nodes
			.map((node) => load<INodeType>(node))
			.filter((node) =>
				node.description.credentials?.some(
					({ name, testedBy }) =>
						name === credential.name &&
						typeof testedBy === 'string' &&
						node.methods?.credentialTest?.[testedBy] !== undefined,
				),
			);
		expect(testers).toHaveLength(1);
	});
});

it('lists every node and credential that exists', () => {
	const folders = readdirSync(join(root, 'nodes')).filter((name) => name !== 'shared');
	expect(packageJson.n8n.nodes.map((file) => file.split('/')[2]).sort()).toEqual(folders.sort());
	const credentials = readdirSync(join(root, 'credentials')).filter((name) => name.endsWith('.ts'));
	expect(packageJson.n8n.credentials).toHaveLength(credentials.length);
});
