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

/** Only shown for one operation. */
export function forOperation(operation: string, properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, operation: [operation] },
		},
	}));
}

/** Named connectors that depend on the operation, as the expression that n8n evaluates. A single one needs no name. */
export function outputsByOperation(outputs: Record<string, readonly string[]>): `={{${string}}}` {
	const table = Object.fromEntries(
		Object.entries(outputs).map(([operation, names]) => [
			operation,
			names.map((displayName) => (names.length === 1 ? { type: 'main' } : { type: 'main', displayName })),
		]),
	);
	return `={{ (${JSON.stringify(table)})[$parameter["operation"]] }}`;
}

/** Subtitle that shows the operation in words and, when one is named, what stands in a field. */
export function operationSubtitle(words: Record<string, string>, field?: string): string {
	const operation = `(${JSON.stringify(words)})[$parameter["operation"]]`;
	if (field === undefined) return `={{ ${operation} }}`;
	const value = `$parameter[${JSON.stringify(field)}]`;
	return `={{ ${operation} + (${value} ? ": " + ${value} : "") }}`;
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
