import { OPENAI_CREDENTIAL } from '../../catalogue';
import type { NodeDefinition, NodeParameters, ParameterValue } from '../../definition';
import { baseNode } from '../nodes';

type Place = Parameters<typeof baseNode>[0];
type Where = Omit<Place, 'typeVersion'>;

/** Name of the one node that an operator edits: where the model lives, how fast to ask it, what to work on. */
const SETTINGS = 'Settings';

/** 30 a minute of OpenAI's 50: a careful operator leaves room for whoever else uses the key. */
const MS_BETWEEN_REQUESTS = 2000;

/** A cron expression, as most operators write it: n8n spreads “every 2 hours” over minutes and seconds, but not this. */
export function clock(where: Where, expression: string): NodeDefinition {
	return baseNode({ ...where, typeVersion: 1.3 }, 'scheduleTrigger', {
		rule: { interval: [{ field: 'cronExpression', expression }] },
	});
}

/** The model's address, the pace, and the lists that the workflow works through. */
export function settingsNode(region: string, lists: Record<string, ParameterValue[]>): NodeDefinition {
	return fieldsNode(
		{ key: 'settings', region, name: SETTINGS },
		{
			baseUrl: 'https://api.openai.com/v1',
			model: 'gpt-4o-mini',
			msBetweenRequests: MS_BETWEEN_REQUESTS,
			...lists,
		},
	);
}

/** Edit Fields: the fields named, and no others. */
export function fieldsNode(
	where: Where,
	fields: Record<string, string | number | ParameterValue[]>,
): NodeDefinition {
	const assignments = Object.entries(fields).map(([name, value]) => ({ id: name, name, ...typed(value) }));
	return baseNode({ ...where, typeVersion: 3.4 }, 'set', { assignments: { assignments }, options: {} });
}

function typed(value: string | number | ParameterValue[]): { value: string | number; type: string } {
	if (Array.isArray(value)) return { value: JSON.stringify(value), type: 'array' };
	return { value, type: typeof value };
}

/** One item for each entry of a list; the other fields stay with each. */
export function splitNode(where: Where, list: string, entry: string): NodeDefinition {
	return baseNode({ ...where, typeVersion: 1 }, 'splitOut', {
		fieldToSplitOut: list,
		include: 'allOtherFields',
		options: { destinationFieldName: entry },
	});
}

/** A chat completion of the item's prompt, one every so often. `user` lets the provider's log tell who asked. */
export function chatNode(where: Where, { maxTokens }: { maxTokens: number }): NodeDefinition {
	const settings = `$('${SETTINGS}').first().json`;
	const body = [
		`model: ${settings}.model`,
		`max_completion_tokens: ${maxTokens}`,
		"user: $workflow.name + ' #' + $execution.id",
		"messages: [{ role: 'user', content: $json.prompt }]",
	];
	const parameters: NodeParameters = {
		method: 'POST',
		url: `={{ ${settings}.baseUrl }}/chat/completions`,
		authentication: 'predefinedCredentialType',
		nodeCredentialType: OPENAI_CREDENTIAL,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify({ ${body.join(', ')} }) }}`,
		options: { batching: { batch: { batchSize: 1, batchInterval: `={{ ${settings}.msBetweenRequests }}` } } },
	};
	return {
		...baseNode({ ...where, typeVersion: 4.2 }, 'httpRequest', parameters),
		credentials: [OPENAI_CREDENTIAL],
	};
}

/** What the model said to the item, and what that cost. */
export const SAID = '={{ $json.choices[0].message.content }}';
export const TOKENS = '={{ $json.usage.total_tokens }}';

/** One item a group: what is appended of it, and the tokens together. */
export function summaryNode(where: Where, by: string, appended: string): NodeDefinition {
	return baseNode({ ...where, typeVersion: 1.1 }, 'summarize', {
		fieldsToSummarize: {
			values: [
				{ aggregation: 'append', field: appended },
				{ aggregation: 'sum', field: 'tokens' },
			],
		},
		fieldsToSplitBy: by,
		options: {},
	});
}

/** Leads each node to the next. */
export function inARow(nodes: readonly NodeDefinition[]): Array<{ from: string; to: string }> {
	return nodes.slice(1).map(({ key }, index) => ({ from: nodes[index]?.key ?? '', to: key }));
}
