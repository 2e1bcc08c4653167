import type { INodeType } from 'n8n-workflow';
import { buildDispatchEnvelope, dispatchWebhookId, type Orchestrator } from '../../core';
import { startSimulator, type Simulator } from '../../host/simulator';
import { lostCount, refuseLost } from '../../nodes/shared/lost-executions';
import { claimOne, emptyQueue, expireLease, openQueue, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { until } from '../support/verdict';
import { addNodeType, endNodePool, INSTANCE_ID, readNode, runWorkflow, source, workflowOf } from './engine';

let database: TestDatabase;
let orchestrator: Orchestrator;
let simulator: Simulator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	// Renewed every two seconds.
	await database.query('update orchestrator.workflow_types set work_lease_seconds = 6');
	simulator = await startSimulator({ latencyMs: { least: 0, most: 0 }, keyRequired: false });
	addNodeType(thief);
});
beforeEach(async () => emptyQueue(database));
afterAll(async () => {
	await simulator.stop();
	await endNodePool(database.url);
	await database.drop();
});

let takeAway: () => Promise<unknown> = async () => undefined;
/** Work during which the execution is taken away, or not. */
const thief: INodeType = {
	...source,
	description: { ...source.description, name: 'thief' },
	async execute() {
		await takeAway();
		return [this.getInputData()];
	},
};

async function work() {
	const claimed = await claimOne(orchestrator);
	const ref = { executionId: claimed.executionId, epoch: claimed.epoch };
	await orchestrator.executions.accept(ref, dispatchWebhookId(ref.executionId, ref.epoch));
	const model = { provider: 'openai', model: 'gpt-4o-mini', base_url: simulator.baseUrl.openai };
	const workflow = workflowOf([
		{ name: 'Task Trigger', type: 'taskTrigger', parameters: { deployment: 'main', workflowType: TYPE } },
		{ name: 'Thief', type: 'thief' },
		{
			name: 'LLM Call',
			type: 'llmCall',
			parameters: {
				operation: 'complete',
				prompt: 'Topic: Tea',
				maxTokens: 50,
				outputField: 'text',
				model: JSON.stringify(model),
				options: {},
			},
		},
	]);
	const input = [{ json: { dispatch: JSON.parse(JSON.stringify(buildDispatchEnvelope(claimed, 'main'))) } }];
	const run = await runWorkflow(workflow, input, { url: database.url, executionId: '900' });
	return { ref, answer: readNode(run, 'LLM Call') };
}

it('stops at its next node, before it asks the model, once its lease could not be renewed', async () => {
	takeAway = async () => {
		const [row] = await database.query(
			`select id from orchestrator.workflow_orchestration where status = 'started'`,
		);
		await expireLease(database, String(row?.id));
		await orchestrator.runs.recover();
		expect(await orchestrator.runs.zombies()).toMatchObject([
			{ n8nExecutionId: '900', n8nInstance: INSTANCE_ID },
		]);
		await until('the renewal is refused', async () => lostCount() > 0, 30_000, 50);
	};
	const asked = simulator.requests.length;
	const { answer } = await work();
	expect(answer.error?.message).toMatch(/^Execution .* was taken away while it worked/);
	expect(answer.error?.description).toContain('the task is tried again');
	expect(simulator.requests).toHaveLength(asked);
	// Its end is known, and nothing of it stays in the process.
	await until('its end is known', async () => (await orchestrator.runs.zombies()).length === 0, 30_000);
	expect(lostCount()).toBe(0);
});

it('is none when the lease holds: the model is asked', async () => {
	takeAway = async () => undefined;
	const asked = simulator.requests.length;
	const { answer, ref } = await work();
	expect(answer.error).toBeNull();
	expect(simulator.requests).toHaveLength(asked + 1);
	expect(() => refuseLost(ref)).not.toThrow();
});
