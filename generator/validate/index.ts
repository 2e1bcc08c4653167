import type { WorkflowJson } from '../workflow-json';
import { connection } from './connection';
import { credential } from './credential';
import { edgeDirection } from './edge-direction';
import { environment } from './environment';
import { expressionReference } from './expression-reference';
import { expressionSyntax } from './expression-syntax';
import type { Finding, Rule } from './finding';
import { grid } from './grid';
import { nameLength } from './name-length';
import { nodeType } from './node-type';
import { overlap } from './overlap';
import { pinnedData } from './pinned-data';
import { reachability } from './reachability';
import { region } from './region';
import { requiredParameter } from './required-parameter';
import { secret } from './secret';
import { settings } from './settings';
import { stableId } from './stable-id';
import { uniqueId } from './unique-id';
import { uniqueName } from './unique-name';
import { webhook } from './webhook';
import { workflowReference } from './workflow-reference';

export type { Finding, Rule, RuleCode } from './finding';

/** Every rule that a generated workflow keeps. */
export const RULES: readonly Rule[] = [
	nodeType,
	requiredParameter,
	uniqueName,
	nameLength,
	uniqueId,
	stableId,
	connection,
	reachability,
	expressionReference,
	expressionSyntax,
	secret,
	environment,
	pinnedData,
	workflowReference,
	credential,
	webhook,
	settings,
	grid,
	overlap,
	edgeDirection,
	region,
];

/** All faults of a workflow; none = it may be written. */
export function validate(workflow: WorkflowJson): Finding[] {
	return RULES.flatMap(({ code, check }) => check(workflow).map((message) => ({ code, message })));
}
