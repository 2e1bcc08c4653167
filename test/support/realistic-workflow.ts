import type { ForeignNode, ForeignWorkflow } from '../../generator/wrap';
import { webhook } from './witnessed-workflow';

/** n8n's execution orders; workflows without the setting have v0. */
export type Order = 'v0' | 'v1';

const settingsOf = (order: Order) => (order === 'v0' ? {} : { executionOrder: 'v1' });

type Edge = [from: string, output: number, to: string, input: number];

/** Nobody listens there: a request to it fails at once, and without a network. */
const REFUSING = 'http://127.0.0.1:9/';

/**
 * A workflow as operators have them: a list fans out into two branches, a Merge brings them together, a loop sends requests
 * of which some fail into an error output and calls another workflow, the results become files. Deterministic, so that two
 * runs of it can be compared item by item.
 */
export function realisticWorkflow(
	name: string,
	{ order, calls, answering }: { order: Order; calls: string; answering: string },
): ForeignWorkflow {
	return {
		name,
		nodes: [
			trigger(name),
			node('Orders', 'splitOut', 1, { fieldToSplitOut: 'body.orders', options: {} }),
			set('Label', { label: "={{ $('Webhook').item.json.body.shop }}-{{ $json.id }}" }),
			set('Due', { due: '={{ $json.id + 30 }}' }),
			node('Together', 'merge', 3, {
				mode: 'combine',
				combineBy: 'combineByPosition',
				options: {},
			}),
			node('Loop', 'splitInBatches', 3, { batchSize: 2, options: {} }),
			node(
				'Ask',
				'httpRequest',
				4.2,
				{ url: `={{ $json.id % 2 === 0 ? '${REFUSING}' : '${answering}' }}`, options: {} },
				{ onError: 'continueErrorOutput' },
			),
			set('Asked', {
				id: "={{ $('Loop').item.json.id }}",
				shop: "={{ $('Webhook').first().json.body.shop }}",
			}),
			node('Price', 'executeWorkflow', 1.1, {
				workflowId: { __rl: true, mode: 'id', value: calls },
				options: {},
			}),
			set('Refused', { id: "={{ $('Loop').item.json.id }}" }),
			node('To File', 'convertToFile', 1.1, {
				operation: 'toText',
				sourceProperty: 'price',
				options: { fileName: '=price-{{ $json.id }}.txt' },
			}),
			node('Read Back', 'moveBinaryData', 1, {
				setAllData: false,
				destinationKey: 'read',
				options: { keepSource: true, jsonParse: false },
			}),
			node('Total', 'aggregate', 1, { aggregate: 'aggregateAllItemData', options: {} }),
		],
		connections: connect([
			['Webhook', 0, 'Orders', 0],
			['Orders', 0, 'Label', 0],
			['Orders', 0, 'Due', 0],
			['Label', 0, 'Together', 0],
			['Due', 0, 'Together', 1],
			['Together', 0, 'Loop', 0],
			['Loop', 0, 'To File', 0],
			['Loop', 1, 'Ask', 0],
			['Ask', 0, 'Asked', 0],
			['Asked', 0, 'Price', 0],
			['Price', 0, 'Loop', 0],
			['Ask', 1, 'Refused', 0],
			['To File', 0, 'Read Back', 0],
			['Read Back', 0, 'Total', 0],
		]),
		settings: settingsOf(order),
	};
}

/** What the call begins with. */
export const ORDERS = { shop: 'north', orders: [1, 2, 3, 4, 5].map((id) => ({ id })) };

/** Called by the other; in the operator's own order. */
export function pricingWorkflow(name: string, order: Order): ForeignWorkflow {
	return {
		name,
		nodes: [
			node('When Called', 'executeWorkflowTrigger', 1, {}),
			set('Ten Each', { price: '={{ $json.id * 10 }}' }),
		],
		connections: connect([['When Called', 0, 'Ten Each', 0]]),
		settings: settingsOf(order),
	};
}

/** Two triggers that meet in a Merge: in order v0 n8n then runs the other trigger's branch too. */
export function twoTriggersOneMerge(name: string, order: Order): ForeignWorkflow {
	return {
		name,
		nodes: [
			trigger(name),
			set('From Call', { from: 'call' }),
			node('By Hand', 'manualTrigger', 1, {}),
			set('From Hand', { from: 'hand' }),
			node('Together', 'merge', 2.1, {}),
			set('After', { last: '={{ $json.from }}' }),
		],
		connections: connect([
			['Webhook', 0, 'From Call', 0],
			['From Call', 0, 'Together', 0],
			['By Hand', 0, 'From Hand', 0],
			['From Hand', 0, 'Together', 1],
			['Together', 0, 'After', 0],
		]),
		settings: settingsOf(order),
	};
}

const trigger = (name: string): ForeignNode => ({ id: 'Webhook', position: [0, 0], ...webhook(name) });

function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
	more: Partial<ForeignNode> = {},
): ForeignNode {
	return {
		parameters,
		id: name,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [0, 0],
		...more,
	};
}

function set(name: string, fields: Record<string, string>): ForeignNode {
	const assignments = Object.entries(fields).map(([field, value]) => ({
		id: field,
		name: field,
		value,
		type: 'string',
	}));
	return node(name, 'set', 3.4, { assignments: { assignments }, includeOtherFields: true, options: {} });
}

/** In the order of the edges, as the editor keeps them. */
function connect(edges: Edge[]): ForeignWorkflow['connections'] {
	const connections: ForeignWorkflow['connections'] = {};
	for (const [from, output, to, index] of edges) {
		const main = ((connections[from] ??= {}).main ??= []);
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index });
	}
	return connections;
}
