import { wrap, wrapFiles } from '../../generator/wrap';
import type { ForeignNode, ForeignWorkflow } from '../../generator/wrap/foreign-workflow';
import { parkingOfNodes } from '../../generator/wrap/parking';
import { edgesOf, nodeOf, refusalCodes, workflowFrom, wrapped } from './wrap-fixtures';
import { nodesThatResume } from './node-operations';

const LANGCHAIN = '@n8n/n8n-nodes-langchain.';

const parkingOf = (node: ForeignNode, others: ForeignWorkflow[] = [], more: ForeignNode[] = []) =>
	parkingOfNodes(workflowFrom([node, ...more], []), others).get(node.name);

const caller = (parameters: Record<string, unknown> = { workflowId: 'child' }) =>
	nodeOf('Call', 'executeWorkflow', { parameters });

const child = (...nodes: ForeignNode[]): ForeignWorkflow => ({
	...workflowFrom([nodeOf('When Called', 'executeWorkflowTrigger'), ...nodes], []),
	id: 'child',
	name: 'Child',
});

const longWait = nodeOf('Wait', 'wait', { typeVersion: 1.1, parameters: { amount: 2, unit: 'hours' } });
const shortWait = nodeOf('Wait', 'wait', { typeVersion: 1.1, parameters: { amount: 5, unit: 'seconds' } });

describe('a node parks the execution', () => {
	test.each([
		['slack', 'sendAndWait'],
		['telegram', 'sendAndWait'],
		['gmail', 'sendAndWait'],
		['emailSend', 'sendAndWait'],
		['discord', 'sendAndWait'],
		['googleChat', 'sendAndWait'],
		['whatsApp', 'sendAndWait'],
		['microsoftTeams', 'sendAndWait'],
		['microsoftOutlook', 'sendAndWait'],
		['github', 'dispatchAndWait'],
	])('when it asks a person or waits for a call: %s, %s', (type, operation) => {
		expect(parkingOf(nodeOf('Ask', type, { parameters: { operation } }))).toBe('can');
		expect(parkingOf(nodeOf('Ask', type, { parameters: { operation: 'send' } }))).toBe('never');
		expect(parkingOf(nodeOf('Ask', type, { parameters: { operation }, disabled: true }))).toBe('never');
	});

	test('when it is a form page, but not at the form’s end', () => {
		expect(parkingOf(nodeOf('Page', 'form', { parameters: { operation: 'page' } }))).toBe('can');
		expect(parkingOf(nodeOf('End', 'form', { parameters: { operation: 'completion' } }))).toBe('never');
	});

	test('when it answers a chat, by a chat node or by the response of a chat trigger', () => {
		expect(parkingOf({ ...nodeOf('Say', 'x'), type: `${LANGCHAIN}chat` })).toBe('can');
		const answer = nodeOf('Answer', 'respondToWebhook');
		const chat = (responseMode: string): ForeignNode => ({
			...nodeOf('Chat', 'x', { parameters: { options: { responseMode } } }),
			type: `${LANGCHAIN}chatTrigger`,
		});
		expect(parkingOf(answer, [], [chat('responseNodes')])).toBe('can');
		expect(parkingOf(answer, [], [chat('lastNode')])).toBe('never');
	});

	test('when one of its tools does: a person who must approve, or a called workflow', () => {
		const agent = { ...nodeOf('Agent', 'x'), type: `${LANGCHAIN}agent` };
		const approval = nodeOf('Approve', 'slackHitlTool');
		const tool = nodeOf('Tool', 'httpRequestTool');
		const workflow = workflowFrom([agent, approval, tool], []);
		workflow.connections = {
			Tool: { ai_tool: [[{ node: 'Approve', type: 'ai_tool', index: 0 }]] },
			Approve: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
		};
		expect(Object.fromEntries(parkingOfNodes(workflow, []))).toEqual({
			Agent: 'can',
			Approve: 'can',
			Tool: 'never',
		});
	});

	test('when n8n 2.40 gives it an address at which a parked execution goes on: none is missing here', () => {
		const nodes = nodesThatResume();
		expect(nodes.length).toBeGreaterThan(8);
		for (const { type, operations } of nodes) {
			const ways = [...operations.map((operation) => ({ operation })), { resume: 'webhook' }];
			const found = ways.map((parameters) => parkingOf(nodeOf('Node', type, { parameters })));
			expect([type, found.includes('can')]).toEqual([type, true]);
		}
	});
});

describe('a node that calls a workflow', () => {
	test('parks when the called one does, however deep, also when it is written into the node', () => {
		expect(parkingOf(caller(), [child(longWait)])).toBe('can');
		const between = { ...child(caller({ workflowId: 'deep' })), id: 'child' };
		const deep = { ...child(longWait), id: 'deep', name: 'Deep' };
		expect(parkingOf(caller(), [between, deep])).toBe('can');
		const workflowJson = JSON.stringify(child(longWait));
		expect(parkingOf(caller({ source: 'parameter', workflowJson }))).toBe('can');
	});

	test('never parks when nothing that it reaches does, or when nobody waits for the called one', () => {
		expect(parkingOf(caller(), [child(shortWait)])).toBe('never');
		const options = { waitForSubWorkflow: false };
		expect(parkingOf(caller({ workflowId: 'child', options }), [child(longWait)])).toBe('never');
		expect(parkingOf(caller(), [child(caller())])).toBe('never');
		expect(parkingOf(caller({ workflowId: '={{ $workflow.id }}' }), [], [shortWait])).toBe('never');
		expect(parkingOf(caller({ workflowId: '={{ $workflow.id }}' }), [], [longWait])).toBe('can');
	});

	test('perhaps parks when the called one is not at hand, or an expression chooses it', () => {
		expect(parkingOf(caller(), [])).toBe('perhaps');
		expect(parkingOf(caller({ workflowId: '={{ $json.which }}' }), [child(shortWait)])).toBe('perhaps');
	});

	const calling = (over: Partial<ForeignWorkflow> = {}, edges = ['Cron>Call', 'Call>A']): ForeignWorkflow =>
		workflowFrom([nodeOf('Cron', 'cron'), caller(), nodeOf('A', 'set'), nodeOf('B', 'set')], edges, over);

	test('is followed by the lock again, unless the called one is at hand and never parks', () => {
		expect(edgesOf(wrapped(calling()).workflow)).toContain('Call:0>Lock Again:0');
		expect(edgesOf(wrapped(calling(), { others: [child(shortWait)] }).workflow)).toContain('Call:0>A:0');
		const texts = [calling(), child(shortWait)].map((workflow) => JSON.stringify(workflow));
		const [file] = wrapFiles(
			texts.map((text, index) => ({ name: `${index}.json`, text })),
			{ lock: 'shared' },
		);
		expect(file?.outcome === 'changed' && edgesOf(file.parts[0]!.result)).toContain('Call:0>A:0');
	});

	test('of which nobody can tell is warned of where the lock could not be taken again without a change', () => {
		const legacy = calling({ settings: {} }, ['Cron>Call', 'Call>A', 'Call>B']);
		const { workflow, report } = wrapped(legacy);
		expect(edgesOf(workflow)).toContain('Call:0>A:0');
		expect(report.warnings).toMatchObject([{ code: 'WRAP_CHILD_MAY_PARK', node: 'Call' }]);
		expect(refusalCodes(legacy, { others: [child(longWait)] })).toEqual(['WRAP_LEGACY_ORDER']);
		expect(wrapped(legacy, { others: [child(shortWait)] }).report.warnings).toEqual([]);
	});

	test('and is asked about by the next node is refused when it parks: the next one would see the lock', () => {
		const asking = nodeOf('A', 'set', { parameters: { value: '={{ $prevNode.name }}' } });
		const workflow = workflowFrom([nodeOf('Cron', 'cron'), caller(), asking], ['Cron>Call', 'Call>A']);
		expect(refusalCodes(workflow, { others: [child(longWait)] })).toEqual(['WRAP_PREVIOUS_NODE']);
		expect(wrapped(workflow).report.warnings).toMatchObject([{ code: 'WRAP_CHILD_MAY_PARK' }]);
	});
});

describe('wrapping again with --guard', () => {
	const workflow = workflowFrom(
		[nodeOf('Cron', 'cron'), nodeOf('If', 'if'), nodeOf('Mail', 'gmail')],
		['Cron>If', 'If>Mail'],
	);
	const content = ({ nodes }: ForeignWorkflow) =>
		nodes.find(({ name }) => name === 'Note: Lock')?.parameters?.content;

	test('gives the nodes and the note that --guard gives at once', () => {
		const later = wrapped(wrapped(workflow).workflow, { guard: true }).workflow;
		const atOnce = wrapped(workflow, { guard: true }).workflow;
		const byName = (a: ForeignNode, b: ForeignNode) => a.name.localeCompare(b.name);
		expect([...later.nodes].sort(byName)).toEqual([...atOnce.nodes].sort(byName));
		expect(later.connections).toEqual(atOnce.connections);
		expect(content(later)).not.toBe(content(wrapped(workflow).workflow));
	});

	test('and once more without it takes nothing away', () => {
		const guarded = wrapped(workflow, { guard: true }).workflow;
		expect(wrap(guarded)).toMatchObject({ outcome: 'unchanged', workflow: guarded });
	});

	test('leaves a note alone that the operator rewrote', () => {
		const own = wrapped(workflow).workflow;
		for (const { name, parameters } of own.nodes) {
			if (name === 'Note: Lock' && parameters) parameters.content = 'Mine';
		}
		expect(content(wrapped(own, { guard: true }).workflow)).toBe('Mine');
	});
});
