import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Parts that several nodes show alike. */

export function operationProperty(options: INodePropertyOptions[]): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options,
		default: options[0]?.value ?? '',
	};
}

export function deploymentProperty(extra: Partial<INodeProperties> = {}): INodeProperties {
	return {
		displayName: 'Deployment',
		name: 'deployment',
		type: 'string',
		default: 'main',
		required: true,
		description:
			'Name of this installation; it starts the webhook paths, so that several can live on one n8n',
		...extra,
	};
}

/** n8n compares this with other workflows' webhooks when it looks for path conflicts. */
export const hiddenPostMethod: INodeProperties = {
	displayName: 'HTTP Method',
	name: 'httpMethod',
	type: 'hidden',
	default: 'POST',
};

export function pathProperty(defaultPath: string): INodeProperties {
	return {
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: defaultPath,
		required: true,
		noDataExpression: true,
		description: 'Webhook path; two published workflows cannot share one',
		hint: 'Convention: mo-&lt;deployment&gt;/&lt;workflow-type&gt; for tasks, mo-&lt;deployment&gt;/callback for reports',
	};
}

export const internalBaseUrlOption: INodeProperties = {
	displayName: 'Internal Base URL',
	name: 'internalBaseUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. http://n8n:5678',
	description: 'Where other nodes reach this n8n inside your network; empty means the public webhook address',
};

/** The resources of a node that has several, each with its operations in words (for the subtitle). */
export type ResourceWords = Record<string, Record<string, string>>;

/** The choice of a resource, and for each of them the choice of its operation. */
export function resourceProperties(
	resources: Array<{ name: string; value: string; operations: INodePropertyOptions[]; default: string }>,
): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ name, value }) => ({ name, value })),
			default: resources[0]?.value ?? '',
			description: 'What the operation is about',
		},
		...resources.map(({ value, operations, default: preset }) => ({
			...operationProperty(operations),
			default: preset,
			displayOptions: { show: { resource: [value] } },
		})),
	];
}

/** Only shown for one operation. */
export function forOperation(operation: string, properties: INodeProperties[]): INodeProperties[] {
	return showFor({ operation: [operation] }, properties);
}

/** Only shown for these operations of one resource. */
export function forOperations(
	resource: string,
	operations: string[],
	properties: INodeProperties[],
): INodeProperties[] {
	return showFor({ resource: [resource], operation: operations }, properties);
}

function showFor(show: Record<string, string[]>, properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: { ...property.displayOptions, show: { ...property.displayOptions?.show, ...show } },
	}));
}

/**
 * Named connectors that depend on the operation, as the expression that n8n evaluates. A single one needs no name, and an
 * operation that is not listed has a single one.
 */
export function outputsByOperation(outputs: Record<string, readonly string[]>): `={{${string}}}` {
	const table = Object.fromEntries(
		Object.entries(outputs).map(([operation, names]) => [
			operation,
			names.map((displayName) => (names.length === 1 ? { type: 'main' } : { type: 'main', displayName })),
		]),
	);
	return `={{ (${JSON.stringify(table)})[$parameter["operation"]] ?? ["main"] }}`;
}

/** Subtitle that shows the operation in words and, when one is named, what stands in a field. */
export function operationSubtitle(words: Record<string, string>, field?: string): string {
	const operation = `(${JSON.stringify(words)})[$parameter["operation"]]`;
	if (field === undefined) return `={{ ${operation} }}`;
	const value = `$parameter[${JSON.stringify(field)}]`;
	return `={{ ${operation} + (${value} ? ": " + ${value} : "") }}`;
}

/** The same for a node with several resources. */
export function resourceSubtitle(words: ResourceWords): string {
	// Two closing braces would end the expression.
	const table = JSON.stringify(words).replaceAll('}}', '} }');
	return `={{ (${table})[$parameter["resource"]][$parameter["operation"]] }}`;
}

export const ICON = (name: string) => ({ light: `file:${name}.svg`, dark: `file:${name}.dark.svg` }) as const;

export const maxExecutionsOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Max Executions',
			name: 'maxExecutions',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 3,
			description: 'At most this many executions in one pass; the global limit still holds',
		},
	],
};
