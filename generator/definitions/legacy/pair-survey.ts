import type {
	GenerationContext,
	NodeDefinition,
	RegionDefinition,
	WorkflowDefinition,
} from '../../definition';
import { asking, beginning, cronWorkflow } from './cron-workflow';
import {
	chatNode,
	clock,
	fieldsNode,
	SAID,
	settingsNode,
	splitNode,
	summaryNode,
	TOKENS,
} from './operators-nodes';

interface List {
	/** Its field in the Settings node. */
	name: string;
	/** The field of an item that holds one entry. */
	entry: string;
	entries: string[];
}

/** What is asked about each pair that two lists make, and what becomes of the answers. */
export interface PairSurvey {
	key: string;
	title: string;
	everyHours: number;
	lists: [List, List];
	ask: {
		/** For the note over the nodes that ask. */
		text: string;
		promptName: string;
		/** What the model is told; `{{ $json.<entry> }}` names an entry. */
		prompt: string;
		chat: { key: string; name: string; maxTokens: number };
	};
	result: Pick<RegionDefinition, 'title' | 'text'> & {
		collectName: string;
		/** The field that an answer goes into. */
		answer: string;
		summaryName: string;
		/** The entry that a summary is of. */
		by: string;
		/** Behind the summary. */
		then?: NodeDefinition[];
	};
}

/** Clock, Settings, a split for each list, prompt, model, the answers, one summary for each `by`. */
export function pairSurvey(
	{ key, title, everyHours, lists, ask, result }: PairSurvey,
	context: GenerationContext,
): WorkflowDefinition {
	const [first, second] = lists;
	const { by } = result;
	return cronWorkflow(
		{
			key,
			title,
			regions: [
				beginning(`every ${everyHours} hours`),
				asking(first.entries.length * second.entries.length, ask.text),
				{ key: 'result', title: result.title, text: result.text, color: 1 },
			],
			nodes: [
				clock(
					{ key: 'clock', region: 'start', name: `Every ${everyHours} Hours` },
					`0 0 */${everyHours} * * *`,
				),
				settingsNode('start', { [first.name]: first.entries, [second.name]: second.entries }),
				...lists.map(splitList),
				fieldsNode(
					{ key: 'prompt', region: 'ask', name: ask.promptName },
					{ [by]: `={{ $json.${by} }}`, prompt: `=${ask.prompt}` },
				),
				chatNode({ key: ask.chat.key, region: 'ask', name: ask.chat.name }, ask.chat),
				fieldsNode(
					{ key: 'collect', region: 'result', name: result.collectName },
					{
						[by]: `={{ $('${ask.promptName}').item.json.${by} }}`,
						[result.answer]: SAID,
						tokens: TOKENS,
					},
				),
				summaryNode({ key: 'summary', region: 'result', name: result.summaryName }, by, result.answer),
				...(result.then ?? []),
			],
		},
		context,
	);
}

const splitList = ({ name, entry }: List): NodeDefinition =>
	splitNode({ key: name, region: 'start', name: `One per ${capitalised(entry)}` }, name, entry);

const capitalised = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
