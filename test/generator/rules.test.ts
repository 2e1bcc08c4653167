import type { NodeParameters } from '../../generator/definition';
import { contentPipeline } from '../../generator/definitions/content-pipeline';
import { masterOrchestrator } from '../../generator/definitions/master-orchestrator';
import { PHASES } from '../../generator/phases';
import { render } from '../../generator/render';
import { RULES, type RuleCode, validate } from '../../generator/validate';
import type { NodeJson, WorkflowJson } from '../../generator/workflow-json';
import { CONTEXT } from './sources';

const pipeline = (): WorkflowJson => structuredClone(render(contentPipeline(CONTEXT), 'main'));
const heartbeat = (): WorkflowJson => structuredClone(render(masterOrchestrator(CONTEXT), 'main'));

function node(workflow: WorkflowJson, name: string): NodeJson {
	const found = workflow.nodes.find((other) => other.name === name);
	if (!found) throw new Error(`no node ${name}`);
	return found;
}

function setParameter(workflow: WorkflowJson, name: string, parameters: NodeParameters): void {
	Object.assign(node(workflow, name).parameters, parameters);
}

const mutants: Array<[RuleCode, string, (workflow: WorkflowJson) => void]> = [
	['GEN_NODE_TYPE', 'a type that nobody has', (w) => (node(w, 'Write Outline').type = 'n8n-nodes-base.iff')],
	['GEN_NODE_TYPE', 'a version that does not exist', (w) => (node(w, 'Write Outline').typeVersion = 9)],
	['GEN_REQUIRED_PARAMETER', 'an empty prompt', (w) => setParameter(w, 'Write Draft', { prompt: '' })],
	['GEN_UNIQUE_NAME', 'two nodes of one name', (w) => (node(w, 'Write Outline').name = 'Write Draft')],
	[
		'GEN_NAME_LENGTH',
		'a name too long for its place',
		(w) => (node(w, 'Write Outline').name = 'Which model shall it be?'),
	],
	['GEN_UNIQUE_ID', 'two nodes of one id', (w) => (node(w, 'Write Outline').id = node(w, 'Task Trigger').id)],
	[
		'GEN_STABLE_ID',
		'a random id',
		(w) => (node(w, 'Write Outline').id = 'e58f1e3c-0f0f-4a4a-9a9a-000000000000'),
	],
	['GEN_CONNECTION', 'a source that does not exist', (w) => (w.connections.Ghost = { main: [] })],
	['GEN_CONNECTION', 'a target that does not exist', (w) => connect(w, 'Write Draft', 0, 'Ghost')],
	['GEN_CONNECTION', 'an output that does not exist', (w) => connect(w, 'Write Draft', 2, 'Report Failures')],
	[
		'GEN_CONNECTION',
		'an input that does not exist',
		(w) => connect(w, 'Write Draft', 0, 'Report Failures', 1),
	],
	['GEN_CONNECTION', 'an edge into a trigger', (w) => connect(w, 'Write Draft', 0, 'Task Trigger')],
	[
		'GEN_REACHABLE',
		'a node that nothing leads to',
		(w) => w.connections['Publish Article']?.main.splice(0, 1),
	],
	[
		'GEN_EXPRESSION',
		'a reference to nobody',
		(w) => setParameter(w, 'Publish Article', { task: "={{ $('Ghost').item.json }}" }),
	],
	[
		'GEN_EXPRESSION',
		'a reference to a later node',
		(w) => setParameter(w, 'Write Draft', { prompt: "={{ $('Publish Article').item.json.url }}" }),
	],
	[
		'GEN_EXPRESSION',
		'an old-style reference to nobody',
		(w) => setParameter(w, 'Publish Article', { task: '={{ $node["Ghost"].json }}' }),
	],
	[
		'GEN_EXPRESSION_SYNTAX',
		'a literal that ends the expression too early',
		(w) => setParameter(w, 'Write Draft', { prompt: '={{ JSON.stringify({ a: { b: 1 }}) }}' }),
	],
	[
		'GEN_EXPRESSION_SYNTAX',
		'an expression without braces',
		(w) => setParameter(w, 'Write Draft', { prompt: '=$json' }),
	],
	[
		'GEN_SECRET',
		'a key in a prompt',
		(w) => setParameter(w, 'Write Draft', { prompt: `sk-${'a1'.repeat(12)}` }),
	],
	[
		'GEN_SECRET',
		'a password in an address',
		(w) => setParameter(w, 'Write Draft', { prompt: 'https://me:pw@example.com' }),
	],
	[
		'GEN_ENVIRONMENT',
		'the environment in an expression',
		(w) => setParameter(w, 'Write Draft', { prompt: '={{ $env.URL }}' }),
	],
	['GEN_PINNED_DATA', 'pinned data', (w) => Object.assign(w, { pinData: { 'Task Trigger': [] } })],
	['GEN_WORKFLOW_REFERENCE', 'an error workflow', (w) => Object.assign(w.settings, { errorWorkflow: 'abc' })],
	[
		'GEN_WORKFLOW_REFERENCE',
		'a workflow by id',
		(w) => setParameter(w, 'Write Draft', { workflowId: 'abc' }),
	],
	['GEN_CREDENTIAL', 'a missing slot', (w) => delete node(w, 'Publish Article').credentials],
	[
		'GEN_CREDENTIAL',
		'another name',
		(w) => (node(w, 'Report Results').credentials = { orchestratorSigning: { id: null, name: 'Mine' } }),
	],
	[
		'GEN_CREDENTIAL',
		'an id of one instance',
		(w) => Object.assign(node(w, 'Report Results').credentials?.orchestratorSigning ?? {}, { id: '7' }),
	],
	[
		'GEN_CREDENTIAL',
		'a slot too many',
		(w) =>
			Object.assign(node(w, 'Write Outline'), {
				credentials: { openAiApi: { id: null, name: 'OpenAI account' } },
			}),
	],
	[
		'GEN_CREDENTIAL',
		'a slot that the editor would throw away',
		(w) => Object.assign(node(w, 'Report Results').credentials?.orchestratorSigning ?? {}, { id: undefined }),
	],
	['GEN_WEBHOOK', 'no webhook id', (w) => delete node(w, 'Task Trigger').webhookId],
	[
		'GEN_WEBHOOK',
		'a deployment with a slash',
		(w) => setParameter(w, 'Task Trigger', { deployment: '../main' }),
	],
	[
		'GEN_WEBHOOK',
		'the path of another deployment',
		(w) => setParameter(w, 'Task Trigger', { path: 'mo-other/content-pipeline' }),
	],
	['GEN_SETTINGS', 'no time zone', (w) => Object.assign(w.settings, { timezone: undefined })],
	['GEN_SETTINGS', 'the old execution order', (w) => Object.assign(w.settings, { executionOrder: 'v0' })],
	['GEN_GRID', 'a node off the grid', (w) => (node(w, 'Write Outline').position[1] += 7)],
	[
		'GEN_OVERLAP',
		'a node on another',
		(w) => (node(w, 'Write Outline').position = [...node(w, 'Task Trigger').position]),
	],
	['GEN_OVERLAP', 'a note on another', (w) => setParameter(w, 'Note: Receive tasks', { width: 960 })],
	['GEN_LEFT_EDGE', 'an edge back to the left', (w) => moveLeft(w, 'Publish Article')],
	['GEN_REGION', 'a node outside every note', (w) => (node(w, 'Write Outline').position[1] += 4800)],
	['GEN_REGION', 'a note without a title', (w) => setParameter(w, 'Note: Failures', { content: 'Failures' })],
	[
		'GEN_REGION',
		'a note without a node',
		(w) => w.nodes.splice(w.nodes.indexOf(node(w, 'Report Failures')), 1),
	],
];

function connect(workflow: WorkflowJson, from: string, output: number, to: string, index = 0): void {
	const { main } = (workflow.connections[from] ??= { main: [] });
	while (main.length <= output) main.push([]);
	main[output]?.push({ node: to, type: 'main', index });
}

function moveLeft(workflow: WorkflowJson, name: string): void {
	const [, y] = node(workflow, name).position;
	node(workflow, name).position = [node(workflow, 'Assemble and Score').position[0] - 160, y];
}

test.each(mutants)('%s finds %s', (code, _, plant) => {
	const workflow = pipeline();
	plant(workflow);
	expect(validate(workflow).map((finding) => finding.code)).toContain(code);
});

test('every rule has a mutant', () => {
	const planted = new Set(mutants.map(([code]) => code));
	expect(RULES.map(({ code }) => code).filter((code) => !planted.has(code))).toEqual([]);
});

test('codes are unique', () => {
	expect(new Set(RULES.map(({ code }) => code)).size).toBe(RULES.length);
});

test('the generated workflows of every phase break no rule, nor does the heartbeat that phases build on', () => {
	const phases = [...PHASES.values()].flatMap((define) => define(CONTEXT));
	const findings = phases.flatMap((definition) => validate(render(definition, 'main')));
	expect([...findings, ...validate(heartbeat())]).toEqual([]);
});

test('an edge of a loop may point left', () => {
	const workflow = pipeline();
	connect(workflow, 'Write Draft', 0, 'OpenAI Outline');
	expect(validate(workflow).filter(({ code }) => code === 'GEN_LEFT_EDGE')).toEqual([]);
});
