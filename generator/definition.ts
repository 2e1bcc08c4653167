/** A workflow as data: what the definitions say, before ids, positions and JSON. */
export interface WorkflowDefinition {
	/** Stable, kebab-case: the file name, and the root of every id. */
	key: string;
	name: string;
	settings: WorkflowSettings;
	regions: RegionDefinition[];
	nodes: NodeDefinition[];
	edges: EdgeDefinition[];
}

/** What differs between two generated copies of the same workflow. */
export interface GenerationContext {
	/** Prefix of the webhook paths, so that two copies fit on one n8n. */
	deployment: string;
	/** IANA name, written into every workflow: n8n's own default may be any zone. */
	timezone: string;
}

/** n8n's workflow settings; a setting that is missing would follow the instance, so none is. */
export interface WorkflowSettings {
	executionOrder: 'v1';
	timezone: string;
	callerPolicy: 'workflowsFromSameOwner';
	saveDataSuccessExecution: 'all' | 'none';
	saveDataErrorExecution: 'all';
	saveManualExecutions: boolean;
	saveExecutionProgress: false;
	/** Seconds; n8n stops the execution then. Absent: no limit of our own. */
	executionTimeout?: number;
}

/** A titled sticky note that contains nodes. */
export interface RegionDefinition {
	key: string;
	title: string;
	/** One to three short sentences for an operator. */
	text: string;
	color: StickyColor;
	/** First and last horizontal band; nodes stand in the last. Default: the first free one. */
	lanes?: readonly [first: number, last: number];
	/** Columns that the note covers at least; its nodes stand no further left. */
	columns?: readonly [first: number, last: number];
}

/** n8n's palette: 1 yellow, 2 brown, 3 red, 4 green, 5 blue, 6 purple, 7 grey. */
export type StickyColor = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export interface NodeDefinition {
	/** Stable: ids hang on it, the name may change. */
	key: string;
	region: string;
	name: string;
	type: string;
	typeVersion: number;
	parameters: NodeParameters;
	/** Row inside the region, counted from 0. Default 0; the next free one if two nodes share a column. */
	row?: number;
	/** Column, counted from 0, that the node stands in or right of. Default: as far left as its edges allow. */
	column?: number;
	/** Credential types; the names are fixed in the catalogue. */
	credentials?: readonly string[];
	/** `continueErrorOutput` adds an output behind the others. */
	onError?: 'continueErrorOutput';
	/** Stands there switched off: a person activates it when it is wanted. */
	disabled?: true;
	/** Shown under the node's name in its panel. */
	notes?: string;
}

export type NodeParameters = { [name: string]: ParameterValue };
export type ParameterValue = string | number | boolean | null | ParameterValue[] | NodeParameters;

/** From a named output of one node to the only input of another. */
export interface EdgeDefinition {
	from: string;
	/** Name of the output as the catalogue has it; default: the first. `error` is the one of `continueErrorOutput`. */
	output?: string;
	to: string;
}
