import { OWN_PACKAGE } from '../catalogue';
import type { Rule } from './finding';

const RECEIVERS = new Set([`${OWN_PACKAGE}.taskTrigger`, `${OWN_PACKAGE}.callbackReceiver`]);
const DEPLOYMENT = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const webhook: Rule = {
	code: 'GEN_WEBHOOK',
	scope: 'generated',
	promise: 'Every node that receives requests has a webhook id and a path that its deployment leads.',
	check: ({ nodes }) =>
		nodes
			.filter(({ type }) => RECEIVERS.has(type))
			.flatMap(({ name, webhookId, parameters: { deployment, path } }) => [
				...(webhookId ? [] : [`“${name}” has no webhook id.`]),
				...(typeof deployment === 'string' && DEPLOYMENT.test(deployment)
					? []
					: [
							`“${name}” has the deployment ${JSON.stringify(deployment)}, expected letters, digits and hyphens.`,
						]),
				...(typeof path === 'string' && path.startsWith(`mo-${String(deployment)}/`)
					? []
					: [
							`“${name}” has the path ${JSON.stringify(path)}, expected it to begin with mo-${String(deployment)}/.`,
						]),
			]),
};
