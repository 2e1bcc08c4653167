import { checkFile } from '../dist/generator/check/check.js';
import { wrapFiles } from '../dist/generator/wrap/index.js';

const FILES = 300;
const LIMIT_S = 5;
const BRANCHES = 13;

/** Wrapping and checking many workflows in one process, text in, text out. */
export function benchWrap() {
	const files = Array.from({ length: FILES }, (_, n) => ({
		name: `w${n}.json`,
		text: JSON.stringify(workflow(n)),
	}));
	const nodes = workflow(0).nodes.length;
	const wrapped = seconds(() => wrapFiles(files, { onBusy: {}, guard: true }));
	if (!wrapped.result.every(({ outcome }) => outcome === 'changed'))
		throw new Error('a workflow was not wrapped');
	const checked = seconds(() => wrapped.result.flatMap(checkFile));
	const findings = checked.result.flatMap((one) => one.findings);
	if (findings.length > 0) throw new Error(`unexpected finding: ${findings[0].message}`);
	const total = wrapped.seconds + checked.seconds;
	console.log(
		`wrap, ${FILES} workflows of ${nodes} nodes: wrap with guards ${wrapped.seconds.toFixed(2)} s, check of the result ${checked.seconds.toFixed(2)} s; ${(total / LIMIT_S).toFixed(2)} of the limit of ${LIMIT_S} s`,
	);
}

function seconds(work) {
	const startedAt = performance.now();
	const result = work();
	return { result, seconds: (performance.now() - startedAt) / 1000 };
}

/** Two triggers that fan out into branches of three nodes each, with expressions that look back. */
function workflow(n) {
	const nodes = [
		node('Every hour', 'scheduleTrigger', 1.2, { rule: { interval: [{ field: 'hours' }] } }),
		node('By hand', 'manualTrigger', 1, {}),
	];
	const connections = {};
	const connect = (from, to) => {
		connections[from] ??= { main: [[]] };
		connections[from].main[0].push({ node: to, type: 'main', index: 0 });
	};
	for (let branch = 0; branch < BRANCHES; branch++) {
		const names = ['Ask', 'Keep', 'Send'].map((verb) => `${verb} ${branch}`);
		nodes.push(
			node(names[0], 'httpRequest', 4.2, { url: `https://example.com/${n}/${branch}`, options: {} }),
			node(names[1], 'set', 3.4, {
				assignments: {
					assignments: [
						{ id: 'a', name: 'from', type: 'string', value: `={{ $('${names[0]}').item.json.id }}` },
					],
				},
				options: {},
			}),
			node(names[2], 'httpRequest', 4.2, { method: 'POST', url: 'https://example.com', options: {} }),
		);
		for (const trigger of ['Every hour', 'By hand']) connect(trigger, names[0]);
		connect(names[0], names[1]);
		connect(names[1], names[2]);
	}
	nodes.forEach((each, index) =>
		Object.assign(each, { id: `${n}-${index}`, position: [(index % 8) * 220, Math.floor(index / 8) * 220] }),
	);
	return { name: `Workflow ${n}`, nodes, connections, settings: { executionOrder: 'v1' } };
}

const node = (name, type, typeVersion, parameters) => ({
	name,
	type: `n8n-nodes-base.${type}`,
	typeVersion,
	parameters,
});
