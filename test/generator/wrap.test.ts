import { readWorkflows, unwrap, wrap, writeWorkflows } from '../../generator/wrap';
import type { ForeignWorkflow } from '../../generator/wrap/foreign-workflow';
import { edgesOf, nodeOf, refusalCodes, scheduled, workflowFrom, wrapped } from './wrap-fixtures';

const LANGCHAIN = '@n8n/n8n-nodes-langchain.';

function locks(workflow: ForeignWorkflow) {
	return workflow.nodes.filter(({ type }) => type.endsWith('.workflowMutex'));
}

function expectRoundTrip(workflow: ForeignWorkflow): void {
	const before = JSON.stringify(workflow);
	const { workflow: locked } = wrapped(workflow);
	expect(JSON.stringify(wrapped(locked).workflow)).toBe(JSON.stringify(locked));
	const back = unwrap(locked);
	expect(back.outcome).not.toBe('refused');
	if (back.outcome !== 'refused') expect(JSON.stringify(back.workflow)).toBe(before);
	expect(JSON.stringify(workflow)).toBe(before);
}

test('the lock takes over the trigger’s edges as they are, and nothing else changes', () => {
	const workflow = scheduled();
	const { workflow: locked } = wrapped(workflow);
	expect(edgesOf(locked)).toEqual(['Every Hour:0>Lock:0', 'Lock:0>Work:0']);
	const [trigger, work] = workflow.nodes;
	expect(locked.nodes.slice(0, 2)).toEqual([{ ...trigger, position: [-224, 0] }, work]);
	expect(locked.settings).toEqual(workflow.settings);
	expect(locked.nodes.find(({ name }) => name === 'Lock')).toMatchObject({
		type: 'n8n-nodes-master-orchestrator.workflowMutex',
		typeVersion: 1,
		parameters: { operation: 'acquire', lock: 'Sales', onBusy: 'skip', options: {} },
		credentials: { orchestratorPostgres: { id: null, name: 'Orchestrator Postgres account' } },
	});
});

test('on the canvas the lock takes the place of its trigger, which steps aside and back', () => {
	const { workflow: locked } = wrapped(scheduled());
	const place = (name: string) => locked.nodes.find((node) => node.name === name)?.position;
	expect([place('Every Hour'), place('Lock')]).toEqual([
		[-224, 0],
		[0, 0],
	]);
	expectRoundTrip(scheduled());
});

test('a trigger that the operator moved since the wrap stays where it is', () => {
	const { workflow: locked } = wrapped(scheduled());
	const moved = locked.nodes.map((node) =>
		node.name === 'Every Hour' ? { ...node, position: [-400, 96] } : node,
	);
	const back = unwrap({ ...locked, nodes: moved });
	if (back.outcome === 'refused') throw new Error(JSON.stringify(back));
	expect(back.workflow.nodes[0]?.position).toEqual([-400, 96]);
});

const UNMOVABLE: Array<[what: string, position: unknown, neighbour: unknown]> = [
	['no position', undefined, [0, 0]],
	['a position of text', ['0', '0'], [0, 0]],
	['a fraction, which might not come back exactly', [0.1, 0], [0, 0]],
	['a neighbour on its left', [0, 0], [-208, 0]],
];

test.each(UNMOVABLE)(
	'a trigger with %s stays, and unwrapping gives the same text',
	(_, position, neighbour) => {
		const workflow = scheduled();
		const [trigger, work] = workflow.nodes;
		if (trigger === undefined || work === undefined) throw new Error('it has two nodes');
		const odd = {
			...workflow,
			nodes: [
				{ ...trigger, position },
				{ ...work, position: neighbour },
			],
		};
		expect(wrapped(odd).workflow.nodes[0]).toEqual({ ...trigger, position });
		expectRoundTrip(odd);
	},
);

test('a workflow without settings gets none: its execution order stays the old one', () => {
	const { settings: _settings, ...workflow } = scheduled();
	expect(wrapped(workflow).workflow).not.toHaveProperty('settings');
});

test('every trigger that does work gets a lock of its own, a disabled or idle one none', () => {
	const workflow = workflowFrom(
		[
			nodeOf('Cron', 'cron'),
			nodeOf('Hook', 'webhook'),
			nodeOf('Off', 'manualTrigger', { disabled: true }),
			nodeOf('Idle', 'manualTrigger'),
			nodeOf('Work', 'set'),
		],
		['Cron>Work', 'Hook>Work', 'Off>Work'],
	);
	const { workflow: locked, report } = wrapped(workflow);
	expect(edgesOf(locked)).toEqual([
		'Cron:0>Lock:0',
		'Lock:0>Work:0',
		'Hook:0>Lock 2:0',
		'Lock 2:0>Work:0',
		'Off:0>Work:0',
	]);
	expect(report.triggers).toEqual([
		{ node: 'Cron', kind: 'schedule', outcome: 'locked', busy: 'skip' },
		{ node: 'Hook', kind: 'webhook', outcome: 'locked', busy: 'wait' },
		{ node: 'Idle', kind: 'manual', outcome: 'idle' },
	]);
	expectRoundTrip(workflow);
});

test('names that exist, also in dangling connections, are not taken', () => {
	const workflow = workflowFrom(
		[nodeOf('Cron', 'cron'), nodeOf('Lock', 'set'), nodeOf('Note: Lock', 'stickyNote')],
		['Cron>Lock', 'Lock>Lock 2', 'Lock 3>Lock'],
	);
	const { workflow: locked, report } = wrapped(workflow);
	expect(locks(locked).map(({ name }) => name)).toEqual(['Lock 4']);
	expect(report.warnings.map(({ code }) => code)).toEqual(['WRAP_DANGLING_EDGE', 'WRAP_DANGLING_EDGE']);
	expectRoundTrip(workflow);
});

test('AI connections, loops, error outputs, pinned data, unknown fields and odd shapes survive', () => {
	const workflow: ForeignWorkflow = {
		zebra: 1,
		nodes: [
			{
				name: 'Chat',
				type: `${LANGCHAIN}chatTrigger`,
				position: [0, 0],
				webhookId: 'w',
				extra: { b: 1, a: 2 },
			},
			nodeOf('Memory', `${LANGCHAIN}memoryBufferWindow`, { credentials: { redis: 'plain string' } }),
			nodeOf('Agent', `${LANGCHAIN}agent`, { onError: 'continueErrorOutput' }),
			nodeOf('Odd', 'n8n-nodes-somebody.thing', { position: undefined }),
		],
		connections: {
			Memory: { ai_memory: [[{ node: 'Chat', type: 'ai_memory', index: 0 }]] },
			Chat: {
				ai_x: [[]],
				main: [[{ index: 0, node: 'Agent', type: 'main', colour: 'red' }, { node: 'Odd' }], null],
			},
			Agent: { main: [null, [{ node: 'Agent', type: 'main', index: 0 }]] },
		},
		pinData: { Chat: [{ json: { constructor: 'Ferrari' } }] },
		name: 'Odd one',
	};
	expect(edgesOf(wrapped(workflow).workflow)).toEqual([
		'Memory.ai_memory:0>Chat:0',
		'Chat:0>Lock:0',
		'Lock:0>Agent:0',
		'Lock:0>Odd:0',
		'Agent:1>Agent:0',
	]);
	expectRoundTrip(workflow);
});

test('the methods of a webhook are outputs of which one carries the request: a lock behind each', () => {
	const workflow = workflowFrom(
		[nodeOf('Hook', 'webhook', { typeVersion: 2.1 }), nodeOf('Get', 'set'), nodeOf('Post', 'set')],
		['Hook:0>Get', 'Hook:1>Post'],
	);
	expect(edgesOf(wrapped(workflow).workflow)).toEqual([
		'Hook:0>Lock:0',
		'Hook:1>Lock 2:0',
		'Lock:0>Get:0',
		'Lock 2:0>Post:0',
	]);
	expectRoundTrip(workflow);
});

describe('while the lock is busy', () => {
	const hook = (type: string, parameters: Record<string, unknown>, next = 'set') =>
		workflowFrom([nodeOf('Start', type, { parameters }), nodeOf('Work', next)], ['Start>Work']);

	test.each<[string, ForeignWorkflow, string]>([
		['a schedule skips', hook('scheduleTrigger', {}), 'skip'],
		['a manual start skips', hook('manualTrigger', {}), 'skip'],
		['a webhook that answers at once waits', hook('webhook', {}), 'wait'],
		[
			'a webhook whose last node answers waits, then fails',
			hook('webhook', { responseMode: 'lastNode' }),
			'wait',
		],
		['a webhook with a response node answers', hook('webhook', { responseMode: 'responseNode' }), 'answer'],
		['a form waits', hook('formTrigger', {}), 'wait'],
		['a form with pages answers on its page', hook('formTrigger', {}, 'form'), 'answer'],
		['a chat waits', hook(`${LANGCHAIN}chatTrigger`, {}), 'wait'],
		[
			'a chat with a response node answers',
			hook(`${LANGCHAIN}chatTrigger`, { options: { responseMode: 'responseNode' } }),
			'answer',
		],
		['an app’s event waits', hook('githubTrigger', {}), 'wait'],
		['a poll waits', hook('gmailTrigger', {}), 'wait'],
		['a mail waits', hook('emailReadImap', {}), 'wait'],
		['an error waits', hook('errorTrigger', {}), 'wait'],
		['a community trigger waits', hook('n8n-nodes-somebody.thingTrigger', {}), 'wait'],
		[
			'a node of an unknown package that nothing leads to waits',
			hook('n8n-nodes-somebody.listen', {}),
			'wait',
		],
	])('%s', (_, workflow, busy) => {
		expect(wrapped(workflow).report.triggers[0]).toMatchObject({ outcome: 'locked', busy });
		expectRoundTrip(workflow);
	});

	test('the answer is a 503 that says when to come again', () => {
		const { workflow } = wrapped(hook('webhook', { responseMode: 'responseNode' }));
		expect(edgesOf(workflow)).toContain('Lock:1>Answer Busy:0');
		expect(workflow.nodes.find(({ name }) => name === 'Answer Busy')).toMatchObject({
			type: 'n8n-nodes-base.respondToWebhook',
			parameters: {
				options: {
					responseCode: 503,
					responseHeaders: { entries: [{ name: 'Retry-After', value: '60' }] },
				},
			},
		});
	});

	test('the choice of the operator counts for each kind, but an event is never skipped', () => {
		const choice = { schedule: 'wait', all: 'fail' } as const;
		expect(wrapped(hook('cron', {}), { onBusy: choice }).report.triggers[0]?.busy).toBe('wait');
		expect(wrapped(hook('webhook', {}), { onBusy: choice }).report.triggers[0]?.busy).toBe('fail');
		expect(refusalCodes(hook('gmailTrigger', {}), { onBusy: { all: 'skip' } })).toEqual(['WRAP_WOULD_DROP']);
	});

	test('a called workflow runs under its caller’s lock, unless the operator wants one', () => {
		const called = hook('executeWorkflowTrigger', {});
		expect(wrap(called)).toMatchObject({
			outcome: 'unchanged',
			report: { triggers: [{ outcome: 'called' }] },
		});
		expect(wrapped(called, { onBusy: { called: 'wait' } }).report.triggers[0]?.busy).toBe('wait');
	});
});

describe('refused with node and reason:', () => {
	const withWork = (parameters: Record<string, unknown>) =>
		workflowFrom([nodeOf('Cron', 'cron'), nodeOf('Work', 'code', { parameters })], ['Cron>Work']);
	const twoOutputs = (type: string) =>
		workflowFrom([nodeOf('Start', type), nodeOf('A', 'set'), nodeOf('B', 'set')], ['Start:0>A', 'Start:1>B']);
	const legacyMerge = (edge: string) =>
		workflowFrom([nodeOf('Cron', 'cron'), nodeOf('Merge', 'merge')], [edge], { settings: {} });

	test.each<[string, ForeignWorkflow, string[]]>([
		[
			'two nodes of one name',
			workflowFrom([nodeOf('Cron', 'cron'), nodeOf('A', 'set'), nodeOf('A', 'set')], ['Cron>A']),
			['WRAP_DUPLICATE_NAME'],
		],
		[
			'connections by id',
			{
				name: 'W',
				nodes: [nodeOf('Cron', 'cron', { id: 'n1' }), nodeOf('A', 'set', { id: 'n2' })],
				connections: { n1: { main: [[{ node: 'n2', type: 'main', index: 0 }]] } },
			},
			['WRAP_CONNECTED_BY_ID'],
		],
		['a workflow without a name', scheduled({ name: undefined }), ['WRAP_NO_LOCK_NAME']],
		['a name that n8n would evaluate', scheduled({ name: '={{ $env.KEY }}' }), ['WRAP_NO_LOCK_NAME']],
		[
			'a next node that asks for the one before it',
			withWork({ jsCode: '$prevNode.name' }),
			['WRAP_PREVIOUS_NODE'],
		],
		['… in Python', withWork({ pythonCode: '_prevNode.name' }), ['WRAP_PREVIOUS_NODE']],
		['… by the parameters of its input', withWork({ a: ['={{ $input.params.x }}'] }), ['WRAP_PREVIOUS_NODE']],
		['several outputs at once', twoOutputs('n8n-nodes-somebody.aTrigger'), ['WRAP_OUTPUTS']],
		[
			'Execute Once on the trigger, and a next node that asks for its items',
			workflowFrom(
				[
					nodeOf('Cron', 'cron', { executeOnce: true }),
					nodeOf('A', 'set', { parameters: { a: '={{ $items().length }}' } }),
				],
				['Cron>A'],
			),
			['WRAP_EXECUTE_ONCE'],
		],
		['a second input in the old order', legacyMerge('Cron>Merge:1'), ['WRAP_LEGACY_INPUT']],
		['… not its first', legacyMerge('Cron>Merge:0'), ['wrapped']],
		[
			'in the old order a merge of several triggers with branches',
			workflowFrom(
				[nodeOf('A', 'cron'), nodeOf('B', 'cron'), nodeOf('Merge', 'merge'), nodeOf('C', 'set')],
				['A>Merge', 'A>C', 'B>C', 'C>Merge:1'],
				{ settings: {} },
			),
			['WRAP_LEGACY_ORDER'],
		],
		[
			'… not without branches',
			workflowFrom(
				[nodeOf('A', 'cron'), nodeOf('B', 'cron'), nodeOf('Merge', 'merge'), nodeOf('C', 'set')],
				['A>Merge', 'B>C', 'C>Merge:1'],
				{ settings: {} },
			),
			['wrapped'],
		],
		[
			'nodes named by whole numbers',
			workflowFrom([nodeOf('1', 'cron'), nodeOf('2', 'cron'), nodeOf('A', 'set')], ['1>A', '2>A']),
			['WRAP_KEY_ORDER', 'WRAP_KEY_ORDER'],
		],
	])('%s', (_, workflow, codes) => {
		expect(refusalCodes(workflow)).toEqual(codes);
	});

	test('another lock than the one it has', () => {
		expect(refusalCodes(wrapped(scheduled()).workflow, { lock: 'Other' })).toEqual(['WRAP_OTHER_LOCK']);
	});
});

test('any Unicode names a lock', () => {
	const lock = 'Prüfung „Übermaß“ 夜間 🔒 \u202e';
	const { workflow } = wrapped(scheduled(), { lock });
	expect(locks(workflow)[0]?.parameters?.lock).toBe(lock);
});

test('a trigger that leads into a lock already is left alone, a new trigger beside it gets the same lock', () => {
	const { workflow } = wrapped(scheduled(), { lock: 'Shared' });
	const grown = {
		...workflow,
		name: 'Renamed',
		nodes: [...workflow.nodes, nodeOf('Second', 'cron')],
		connections: { ...workflow.connections, Second: { main: [[{ node: 'Work', type: 'main', index: 0 }]] } },
	};
	const again = wrapped(grown);
	expect(again.report.triggers.map(({ outcome }) => outcome)).toEqual(['locked already', 'locked']);
	expect(locks(again.workflow).map(({ parameters }) => parameters?.lock)).toEqual(['Shared', 'Shared']);
	expect(again.workflow.nodes.filter(({ type }) => type.endsWith('.stickyNote'))).toHaveLength(1);
});

test('unwrapping keeps what the operator changed since: names, edges, new nodes', () => {
	const { workflow } = wrapped(scheduled());
	const text = JSON.stringify(workflow).replaceAll('Lock', 'Gate').replaceAll('Every Hour', 'Hourly');
	const read = readWorkflows(text);
	if (!read.ok) throw new Error(read.refusal.reason);
	const edited = read.file.workflows[0]!;
	edited.connections.Hourly!.main![0]!.push({ node: 'Extra', type: 'main', index: 0 });
	edited.connections.Extra = { main: [[{ node: 'Gate', type: 'main', index: 0 }]] };
	edited.nodes.push(nodeOf('Extra', 'set'));
	const back = unwrap(edited);
	if (back.outcome === 'refused') throw new Error('refused');
	expect(edgesOf(back.workflow)).toEqual(['Hourly:0>Work:0', 'Hourly:0>Extra:0', 'Extra:0>Work:0']);
	expect(back.workflow.nodes.map(({ name }) => name)).toEqual(['Hourly', 'Work', 'Extra']);
});

test('unwrapping refuses to cut off a branch that the operator hung on Busy', () => {
	const { workflow } = wrapped(scheduled());
	workflow.connections.Lock!.main!.push([{ node: 'Work', type: 'main', index: 0 }]);
	expect(unwrap(workflow)).toMatchObject({ outcome: 'refused', refusals: [{ code: 'UNWRAP_BUSY_BRANCH' }] });
});

describe('a node that can park', () => {
	const waiting = (parameters: Record<string, unknown>, over: Partial<ForeignWorkflow> = {}) =>
		workflowFrom(
			[
				nodeOf('Cron', 'cron'),
				nodeOf('Wait', 'wait', { typeVersion: 1.1, parameters }),
				nodeOf('A', 'set'),
				nodeOf('B', 'set'),
			],
			['Cron>Wait', 'Wait>A', 'Wait>B'],
			over,
		);

	test('is followed by the lock again, with its edges in order', () => {
		const { workflow } = wrapped(waiting({ amount: 2, unit: 'hours' }));
		expect(edgesOf(workflow)).toEqual([
			'Cron:0>Lock:0',
			'Lock:0>Wait:0',
			'Wait:0>Lock Again:0',
			'Lock Again:0>A:0',
			'Lock Again:0>B:0',
		]);
		expectRoundTrip(waiting({ amount: 2, unit: 'hours' }));
	});

	test('a wait of seconds stays in memory, and the lock stays held', () => {
		expect(edgesOf(wrapped(waiting({ amount: 30, unit: 'seconds' })).workflow)).toContain('Wait:0>A:0');
	});

	test('in the old order, with branches, one more node could let one overtake: refused', () => {
		expect(refusalCodes(waiting({ amount: 2, unit: 'hours' }, { settings: {} }))).toEqual([
			'WRAP_LEGACY_ORDER',
		]);
	});
});

test('--guard makes sure of the lock before everything that others can see, and unwraps exactly', () => {
	const workflow = workflowFrom(
		[
			nodeOf('Cron', 'cron'),
			nodeOf('If', 'if'),
			nodeOf('Mail', 'gmail'),
			nodeOf('Set', 'set'),
			nodeOf('Post', 'slack'),
		],
		['Cron>If', 'If:0>Mail', 'If:1>Set', 'Set>Post', 'Mail>Post'],
	);
	workflow.connections.Set!.main![0]![0] = { index: 0, node: 'Post', type: 'main', note: 'kept' };
	const { workflow: locked } = wrapped(workflow, { guard: true });
	expect(edgesOf(locked)).toEqual([
		'Cron:0>Lock:0',
		'Lock:0>If:0',
		'If:0>Make Sure:0',
		'If:1>Set:0',
		'Set:0>Make Sure 2:0',
		'Mail:0>Make Sure 2:0',
		'Make Sure:0>Mail:0',
		'Make Sure 2:0>Post:0',
	]);
	const back = unwrap(locked);
	if (back.outcome === 'refused') throw new Error('refused');
	expect(JSON.stringify(back.workflow)).toBe(JSON.stringify(workflow));
	expect(JSON.stringify(wrapped(locked, { guard: true }).workflow)).toBe(JSON.stringify(locked));
});

describe('reading', () => {
	test.each([
		['two spaces', JSON.stringify(scheduled(), null, 2)],
		['a tab and a line end', `${JSON.stringify(scheduled(), null, '\t')}\n`],
		['one line', JSON.stringify(scheduled())],
		['a byte order mark', `\uFEFF${JSON.stringify(scheduled(), null, 4)}\n`],
		['a list of workflows', JSON.stringify([scheduled(), scheduled()], null, 2)],
	])('keeps the form of the text: %s', (_, text) => {
		const read = readWorkflows(text);
		expect(read.ok && writeWorkflows(read.file)).toBe(text);
	});

	const many = (edges: number) => {
		const workflow = scheduled();
		workflow.connections.Work = {
			main: [Array.from({ length: edges }, () => ({ node: 'Work', type: 'main', index: 0 }))],
		};
		return JSON.stringify(workflow);
	};

	const unreadable: Array<[string, string, string]> = [
		['nothing', '', 'WRAP_NOT_JSON'],
		['half a file', '{"nodes": [', 'WRAP_NOT_JSON'],
		['a number', '42', 'WRAP_NOT_A_WORKFLOW'],
		['an empty list', '[]', 'WRAP_NOT_A_WORKFLOW'],
		['no nodes', '{"connections":{}}', 'WRAP_NOT_A_WORKFLOW'],
		['a node without a type', '{"nodes":[{"name":"A"}],"connections":{}}', 'WRAP_NOT_A_WORKFLOW'],
		['connections of another shape', '{"nodes":[],"connections":{"A":{"main":7}}}', 'WRAP_NOT_A_WORKFLOW'],
		[
			'a negative input',
			'{"nodes":[],"connections":{"A":{"main":[[{"node":"A","index":-1}]]}}}',
			'WRAP_NOT_A_WORKFLOW',
		],
		['__proto__', '{"nodes":[],"connections":{"__proto__":{"main":[]}}}', 'WRAP_HOSTILE_KEY'],
		[
			'__proto__ in data',
			'{"nodes":[],"connections":{},"pinData":{"a":{"__proto__":1}}}',
			'WRAP_HOSTILE_KEY',
		],
		[
			'constructor',
			'{"nodes":[{"name":"A","type":"t","parameters":{"constructor":{}}}],"connections":{}}',
			'WRAP_HOSTILE_KEY',
		],
		[
			'a node named prototype',
			'{"nodes":[{"name":"prototype","type":"t"}],"connections":{}}',
			'WRAP_HOSTILE_KEY',
		],
		['more than 50 MB', ' '.repeat(51 * 1024 * 1024), 'WRAP_TOO_LARGE'],
		['a million edges', many(1_000_000), 'WRAP_TOO_LARGE'],
		['a deep nest', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'WRAP_TOO_LARGE'],
		[
			'too many nodes',
			JSON.stringify({
				nodes: Array.from({ length: 10_001 }, () => ({ name: 'A', type: 't' })),
				connections: {},
			}),
			'WRAP_TOO_LARGE',
		],
	];
	test.each(unreadable)('refuses %s', (_, text, code) => {
		const read = readWorkflows(text);
		expect(read.ok ? 'read' : read.refusal.code).toBe(code);
	});
});

describe('no event is dropped:', () => {
	const optionsOf = (type: string, onBusy: 'wait' | undefined) => {
		const workflow = workflowFrom(
			[nodeOf('Start', type), nodeOf('Wait', 'wait'), nodeOf('A', 'set')],
			['Start>Wait', 'Wait>A'],
		);
		const { workflow: locked } = wrapped(workflow, onBusy ? { onBusy: { all: onBusy } } : {});
		return locks(locked).map(({ parameters }) => [
			parameters?.operation,
			parameters?.onBusy,
			parameters?.options,
		]);
	};
	const failing = { ifAnotherWaits: 'fail' };

	test('an event whose neighbour waits already fails instead of skipping, and so does every Ensure', () => {
		expect(optionsOf('gmailTrigger', undefined)).toEqual([
			['acquire', 'wait', failing],
			['ensure', 'wait', failing],
		]);
	});

	test('a tick may be skipped while another one waits', () => {
		expect(optionsOf('cron', 'wait')).toEqual([
			['acquire', 'wait', {}],
			['ensure', 'wait', failing],
		]);
	});
});
