import type { Orchestrator, RegisteredModel } from '../../../core';
import { FakeContent } from './content';
import { FakeDeadLetters } from './dead-letters';
import { FakeEndpoints } from './endpoints';
import { FakeExecutions } from './executions';
import { FakeHistory } from './history';
import { FakeModels } from './models';
import { FakeMutexes } from './mutexes';
import { FakeQueue } from './queue';
import { FakeResources } from './resources';
import { FakeRuns } from './runs';
import { FakeTypes } from './type-settings';
import { newType } from './types';
import { FakeWakeUps } from './wake-ups';
import type { World } from './world';

export { HandClock } from './clock';
export { type FakeType, World } from './world';

/**
 * The ports that keep state, or decide from it. Not among them, with tests on Postgres of their own: the anomalies of `runs`
 * look at what only a server has (sessions, rows that contradict each other, which no port can make); `schema` and `doctor` are
 * about the database itself; `wakeUps.listen` and `hears` are a connection.
 */
export type StorePorts = Pick<
	Orchestrator,
	| 'queue'
	| 'types'
	| 'deadLetters'
	| 'executions'
	| 'runs'
	| 'resources'
	| 'models'
	| 'endpoints'
	| 'mutexes'
	| 'history'
	| 'content'
> & { wakeUps: Pick<Orchestrator['wakeUps'], 'msUntilNextDue'> };

/** What the first migration registers. */
const MODELS: readonly RegisteredModel[] = [
	{
		provider: 'openai',
		model: 'gpt-4o-mini',
		baseUrl: 'https://api.openai.com/v1',
		requestsPerMinute: 50,
		inputUsdPerMtok: 0.15,
		outputUsdPerMtok: 0.6,
		enabled: true,
	},
	{
		provider: 'gemini',
		model: 'gemini-2.0-flash',
		baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
		requestsPerMinute: 60,
		inputUsdPerMtok: 0.1,
		outputUsdPerMtok: 0.4,
		enabled: true,
	},
];

/** An orchestrator's stores in memory over one world, as a new database is: one type, two models, three slots. */
export function fakeStores(world: World): StorePorts {
	world.types.set('content_pipeline', newType('content_pipeline'));
	world.models.push(...MODELS.map((each) => ({ ...each })));
	return {
		queue: new FakeQueue(world),
		types: new FakeTypes(world),
		deadLetters: new FakeDeadLetters(world),
		executions: new FakeExecutions(world),
		runs: new FakeRuns(world),
		resources: new FakeResources(world),
		models: new FakeModels(world),
		endpoints: new FakeEndpoints(world),
		mutexes: new FakeMutexes(world),
		history: new FakeHistory(world),
		content: new FakeContent(world),
		wakeUps: new FakeWakeUps(world),
	};
}
