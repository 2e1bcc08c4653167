import type {
	GenerationContext,
	NodeDefinition,
	RegionDefinition,
	WorkflowDefinition,
} from '../../definition';
import { settings, workflowName } from '../nodes';
import { inARow } from './operators-nodes';

export interface CronWorkflow {
	/** Part of the file's name and of every id, so never that of a workflow that the orchestrator has. */
	key: string;
	title: string;
	regions: RegionDefinition[];
	/** From the clock to the result, each behind the one before. */
	nodes: NodeDefinition[];
}

/** A workflow as an operator has it before the orchestrator: a clock, a list of jobs, a language model, a result. */
export function cronWorkflow(
	{ key, title, regions, nodes }: CronWorkflow,
	{ deployment, timezone }: GenerationContext,
): WorkflowDefinition {
	return {
		key,
		name: workflowName(title, deployment),
		settings: settings(timezone, { saveDataSuccessExecution: 'all' }),
		regions,
		nodes,
		edges: inARow(nodes),
	};
}

/** The first note of each: when it runs, and the one node to edit. */
export function beginning(rhythm: string): RegionDefinition {
	return {
		key: 'start',
		title: `Runs ${rhythm}`,
		text: 'Settings is the one node to edit: the address of the model, the pace, and what to work on.',
		color: 4,
	};
}

/** The note of the nodes that ask the model. `requests` a run, by the lists as they are. */
export function asking(requests: number, what: string): RegionDefinition {
	return {
		key: 'ask',
		title: 'Ask the model',
		text: `${what} ${requests} requests a run, one every 2 seconds: alone that is 30 a minute, well within OpenAI’s 50. The key is in the credential “OpenAi account”.`,
		color: 5,
	};
}
