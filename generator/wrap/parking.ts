import type { ForeignNode } from './foreign-workflow';

/** n8n keeps shorter waits in memory; a longer one parks the execution, and the lock opens. */
const PARKS_FROM_SECONDS = 65;

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** True when the execution may leave this node in another process, much later. Called workflows count: they may wait. */
export function canPark({ type, typeVersion, parameters = {}, disabled }: ForeignNode): boolean {
	if (disabled === true) return false;
	if (parameters.operation === 'sendAndWait' || parameters.operation === 'dispatchAndWait') return true;
	switch (type) {
		case 'n8n-nodes-base.wait':
			return !isShortWait(parameters, typeVersion);
		case 'n8n-nodes-base.form':
			return parameters.operation !== 'completion';
		case '@n8n/n8n-nodes-langchain.chat':
			return parameters.waitUserReply !== false;
		default:
			return false;
	}
}

function isShortWait(parameters: Record<string, unknown>, version: unknown): boolean {
	const { resume = 'timeInterval', amount, unit } = parameters;
	if (resume !== 'timeInterval') return false;
	const old = version === 1;
	const seconds = SECONDS[String(unit ?? (old ? 'hours' : 'seconds'))];
	const count = amount ?? (old ? 1 : 5);
	return typeof count === 'number' && seconds !== undefined && count * seconds < PARKS_FROM_SECONDS;
}
