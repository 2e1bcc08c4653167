import { OWN_PACKAGE, POSTGRES_CREDENTIAL, SIGNING_CREDENTIAL } from '../catalogue';
import type { NodeDefinition, NodeParameters, WorkflowSettings } from '../definition';

type Place = Pick<NodeDefinition, 'key' | 'region' | 'name'> &
	Partial<Pick<NodeDefinition, 'row' | 'column' | 'onError' | 'disabled' | 'notes'>>;

/** A node of this package; unless said otherwise it uses the orchestrator's database. */
export function ownNode(
	place: Place,
	type: string,
	parameters: NodeParameters,
	credentials: readonly string[] = [POSTGRES_CREDENTIAL],
): NodeDefinition {
	return { ...place, type: `${OWN_PACKAGE}.${type}`, typeVersion: 1, parameters, credentials };
}

/** Same, and it signs or verifies messages. */
export function signedNode(place: Place, type: string, parameters: NodeParameters): NodeDefinition {
	return ownNode(place, type, parameters, [POSTGRES_CREDENTIAL, SIGNING_CREDENTIAL]);
}

/** A node that n8n brings; those that we use need no credential. */
export function baseNode(
	place: Place & Pick<NodeDefinition, 'typeVersion'>,
	type: string,
	parameters: NodeParameters,
): NodeDefinition {
	return { ...place, type: `n8n-nodes-base.${type}`, parameters };
}

/** What all our workflows share; errors are always kept, progress never (it writes after every node). */
export function settings(
	timezone: string,
	over: Pick<WorkflowSettings, 'saveDataSuccessExecution'> &
		Partial<Pick<WorkflowSettings, 'executionTimeout'>>,
): WorkflowSettings {
	return {
		executionOrder: 'v1',
		timezone,
		callerPolicy: 'workflowsFromSameOwner',
		saveDataErrorExecution: 'all',
		saveManualExecutions: true,
		saveExecutionProgress: false,
		...over,
	};
}

/** “Master Orchestrator” in the default deployment, “Master Orchestrator (staging)” in another. */
export function workflowName(title: string, deployment: string): string {
	return deployment === DEFAULT_DEPLOYMENT ? title : `${title} (${deployment})`;
}

export const DEFAULT_DEPLOYMENT = 'main';

/** Prefixed by the deployment, so that two deployments live in one n8n. */
export function webhookPath(deployment: string, name: string): string {
	return `mo-${deployment}/${name}`;
}
