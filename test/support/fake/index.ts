import type { Orchestrator, RegisteredModel } from '../../../core';
import { FakeDeadLetters } from './dead-letters';
import { FakeEndpoints } from './endpoints';
import { FakeExecutions } from './executions';
import { FakeHistory } from './history';
import { FakeModels } from './models';
import { FakeMutexes } from './mutexes';
import { FakeQueue } from './queue';
import { FakeRuns } from './runs';
import { FakeTypes } from './type-settings';
import { newType } from './types';
import type { World } from './world';

export { HandClock } from './clock';
export { type FakeType, World } from './world';

/** The ports that keep state. */
export type StorePorts = Pick<
	Orchestrator,
	'queue' | 'types' | 'deadLetters' | 'executions' | 'runs' | 'models' | 'endpoints' | 'mutexes' | 'history'
>;

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
		models: new FakeModels(world),
		endpoints: new FakeEndpoints(world),
		mutexes: new FakeMutexes(world),
		history: new FakeHistory(world),
	};
}
