import fc from 'fast-check';
import type { ForeignNode, ForeignWorkflow } from '../../generator/wrap/foreign-workflow';

const BASE = 'n8n-nodes-base.';

/** Triggers of every kind, by the names that n8n gives them. */
const TRIGGERS: Array<Partial<ForeignNode> & { type: string }> = [
	{ type: `${BASE}scheduleTrigger` },
	{ type: `${BASE}cron` },
	{ type: `${BASE}manualTrigger` },
	{ type: `${BASE}webhook` },
	{ type: `${BASE}webhook`, parameters: { responseMode: 'responseNode' } },
	{ type: `${BASE}gmailTrigger` },
	{ type: `${BASE}formTrigger` },
	{ type: '@n8n/n8n-nodes-langchain.chatTrigger' },
	{ type: `${BASE}executeWorkflowTrigger` },
	{ type: 'n8n-nodes-somebody.thingTrigger' },
	{ type: `${BASE}manualTrigger`, disabled: true },
];

const LONG_WAIT = { amount: 2, unit: 'hours' };

/** Steps; `outputs` and `inputs` say where edges may start and end. */
const STEPS: Array<{ node: Partial<ForeignNode> & { type: string }; outputs: number; inputs: number }> = [
	{ node: { type: `${BASE}set` }, outputs: 1, inputs: 1 },
	{ node: { type: `${BASE}set`, disabled: true }, outputs: 1, inputs: 1 },
	{ node: { type: `${BASE}httpRequest` }, outputs: 1, inputs: 1 },
	{ node: { type: `${BASE}httpRequest`, onError: 'continueErrorOutput' }, outputs: 2, inputs: 1 },
	{ node: { type: `${BASE}if` }, outputs: 2, inputs: 1 },
	{ node: { type: `${BASE}merge` }, outputs: 1, inputs: 2 },
	{ node: { type: `${BASE}splitInBatches`, typeVersion: 3 }, outputs: 2, inputs: 1 },
	{ node: { type: `${BASE}wait`, parameters: { amount: 1, unit: 'seconds' } }, outputs: 1, inputs: 1 },
	{ node: { type: `${BASE}wait`, parameters: LONG_WAIT }, outputs: 1, inputs: 1 },
	{ node: { type: '@n8n/n8n-nodes-langchain.agent' }, outputs: 1, inputs: 1 },
	{
		node: { type: `${BASE}executeWorkflow`, parameters: { workflowId: 'elsewhere' } },
		outputs: 1,
		inputs: 1,
	},
	{ node: { type: `${BASE}slack`, parameters: { operation: 'sendAndWait' } }, outputs: 1, inputs: 1 },
	{ node: { type: `${BASE}failing` }, outputs: 1, inputs: 1 },
];

const place = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 }));
const nat = fc.nat({ max: 1000 });

interface Plan {
	legacy: boolean;
	triggers: Array<{ kind: number; at: [number, number] }>;
	steps: Array<{ kind: number; at: [number, number] }>;
	edges: Array<{ from: number; output: number; to: number; input: number }>;
	loops: Array<{ from: number; to: number }>;
	sinks: boolean;
}

/** Graphs as an editor can draw them: edges lead on, except back into a “Loop Over Items”. */
export const workflows: fc.Arbitrary<ForeignWorkflow> = fc
	.record<Plan>({
		legacy: fc.boolean(),
		triggers: fc.array(fc.record({ kind: nat, at: place }), { minLength: 1, maxLength: 3 }),
		steps: fc.array(fc.record({ kind: nat, at: place }), { minLength: 1, maxLength: 8 }),
		edges: fc.array(fc.record({ from: nat, output: nat, to: nat, input: nat }), {
			minLength: 2,
			maxLength: 14,
		}),
		loops: fc.array(fc.record({ from: nat, to: nat }), { maxLength: 2 }),
		sinks: fc.boolean(),
	})
	.map(build);

const pick = <T>(values: readonly T[], at: number): T => values[at % values.length]!;

function build({ legacy, triggers, steps, edges, loops, sinks }: Plan): ForeignWorkflow {
	const starts = triggers.map(({ kind, at }, index) => nodeAt(`Start ${index}`, pick(TRIGGERS, kind), at));
	const kinds = steps.map(({ kind }) => pick(STEPS, kind));
	const works = steps.map(({ at }, index) => nodeAt(`Step ${index}`, kinds[index]!.node, at));
	const workflow: ForeignWorkflow = {
		name: 'Graph',
		nodes: sinks ? [...works, ...starts] : [...starts, ...works],
		connections: {},
		...(legacy ? {} : { settings: { executionOrder: 'v1' } }),
	};
	const connect = (from: string, output: number, to: string, index: number, kind = 'main'): void => {
		const ports = (workflow.connections[from] ??= {});
		const outputs = (ports[kind] ??= []);
		while (outputs.length <= output) outputs.push([]);
		if (outputs[output]!.some((edge) => edge.node === to && edge.index === index)) return;
		outputs[output]!.push({ node: to, type: kind, index });
	};
	// Each start leads somewhere, each step after the first is led to by one before it as a rule.
	starts.forEach(({ name }, index) =>
		connect(name, 0, works[(triggers[index]!.kind >> 4) % works.length]!.name, 0),
	);
	for (const { from, output, to, input } of edges) {
		const sources = starts.length + works.length;
		const source = from % sources;
		const target = to % works.length;
		if (source < starts.length) {
			connect(starts[source]!.name, 0, works[target]!.name, input % kinds[target]!.inputs);
		} else if (source - starts.length < target) {
			const step = source - starts.length;
			connect(
				works[step]!.name,
				output % kinds[step]!.outputs,
				works[target]!.name,
				input % kinds[target]!.inputs,
			);
		}
	}
	for (const { from, to } of loops) {
		const heads = works.filter(({ type }) => type.endsWith('.splitInBatches'));
		if (heads.length > 0) connect(pick(works, from).name, 0, pick(heads, to).name, 0);
	}
	for (const { name, type } of works) {
		if (!type.endsWith('.agent')) continue;
		workflow.nodes.push(nodeAt(`Tool of ${name}`, { type: '@n8n/n8n-nodes-langchain.toolCode' }, [0, 0]));
		connect(`Tool of ${name}`, 0, name, 0, 'ai_tool');
	}
	return workflow;
}

function nodeAt(
	name: string,
	{ type, ...rest }: Partial<ForeignNode> & { type: string },
	[x, y]: [number, number],
): ForeignNode {
	return { parameters: {}, name, type, typeVersion: 1, position: [x * 208, y * 160], ...rest };
}
