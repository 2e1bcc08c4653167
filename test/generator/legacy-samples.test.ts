import { checkFile } from '../../generator/check/check';
import { generatePhase, generateSamples } from '../../generator/generate';
import { unwrapFiles, wrapFiles } from '../../generator/wrap';
import type { NodeJson, WorkflowJson } from '../../generator/workflow-json';
import { CONTEXT } from './sources';

const OPENAI_PER_MINUTE = 50;

const files = generateSamples(CONTEXT);
const samples: Array<[string, WorkflowJson]> = files.map(({ name, text }) => [
	name,
	JSON.parse(text) as WorkflowJson,
]);

test('the samples are four cron workflows', () => {
	expect(files.map(({ name }) => name)).toEqual([
		'content-pipeline-cron.json',
		'revenue-optimizer-cron.json',
		'seo-monitor-cron.json',
		'intelligence-engine-cron.json',
	]);
});

describe.each(samples)('%s', (name, workflow) => {
	test('has only nodes that n8n brings, and no finding of check', () => {
		const foreign = workflow.nodes.filter(({ type }) => !type.startsWith('n8n-nodes-base.'));
		expect(foreign).toEqual([]);
		expect(checkFile({ name, text: JSON.stringify(workflow) })).toMatchObject([{ findings: [] }]);
	});

	test('asks slowly enough to keep the limit alone, wherever the minute begins', () => {
		const pauseMs = Number(settingOf(workflow, 'msBetweenRequests'));
		const chats = workflow.nodes.filter(({ type }) => type.endsWith('.httpRequest'));
		expect(chats.length).toBeGreaterThan(0);
		for (const { parameters } of chats) {
			expect(parameters.options).toMatchObject({ batching: { batch: { batchSize: 1 } } });
		}
		// One more for each node that follows another, which begins without a pause.
		expect(Math.ceil(60_000 / pauseMs) + chats.length - 1).toBeLessThan(OPENAI_PER_MINUTE);
	});

	test('says on the canvas how many requests a run sends', () => {
		const notes = workflow.nodes.filter(({ type }) => type.endsWith('.stickyNote'));
		const text = notes.map(({ parameters }) => String(parameters.content)).join('\n');
		expect(text).toContain(`${requestsOf(workflow)} requests a run`);
	});
});

test('whenever three or four of them start together, they send more than the limit; two do not', () => {
	const [content = 0, revenue = 0, seo = 0, intelligence = 0] = samples.map(([, workflow]) =>
		requestsOf(workflow),
	);
	const at = {
		twoOClock: content + revenue,
		fourOClock: content + revenue + seo,
		sixOClock: content + revenue + intelligence,
		midnight: content + revenue + seo + intelligence,
	};
	expect(at).toEqual({ twoOClock: 30, fourOClock: 54, sixOClock: 60, midnight: 84 });
	expect(at.twoOClock).toBeLessThan(OPENAI_PER_MINUTE);
	expect(at.fourOClock).toBeGreaterThan(OPENAI_PER_MINUTE);
});

test('they share no id and no name with each other or with the orchestrator’s workflows', () => {
	const all = [...files, ...generatePhase(2, CONTEXT)].map(({ text }) => JSON.parse(text) as WorkflowJson);
	expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
	expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

test('wrap puts one lock behind each clock, and unwrap gives back the same bytes', () => {
	const wrapped = wrapFiles(files, { lock: 'llm', onBusy: { schedule: 'wait' }, maxWaitSeconds: 600 });
	const texts = wrapped.map((result) => {
		if (result.outcome !== 'changed') throw new Error(JSON.stringify(result));
		const { nodes, connections } = JSON.parse(result.text) as WorkflowJson;
		const locks = nodes.filter(({ type }) => type.endsWith('.workflowMutex'));
		expect(locks.map(({ parameters }) => parameters)).toEqual([
			{ operation: 'acquire', lock: 'llm', onBusy: 'wait', options: { maxWaitSeconds: 600 } },
		]);
		const clock = nodes.find(({ type }) => type.endsWith('.scheduleTrigger'));
		expect(connections[clock?.name ?? '']?.main[0]).toMatchObject([{ node: 'Lock' }]);
		expect(connections.Lock?.main[0]).toMatchObject([{ node: 'Settings' }]);
		return { name: result.name, text: result.text };
	});
	const back = unwrapFiles(texts).map((result) => (result.outcome === 'changed' ? result.text : result));
	expect(back).toEqual(files.map(({ text }) => text));
});

function settingOf({ nodes }: WorkflowJson, name: string): unknown {
	const { parameters } = nodes.find((node) => node.name === 'Settings') as NodeJson;
	const { assignments } = parameters.assignments as {
		assignments: Array<{ name: string; value: unknown }>;
	};
	return assignments.find((each) => each.name === name)?.value;
}

/** What the lists and the nodes that ask give: every combination, once in each of those nodes. */
function requestsOf(workflow: WorkflowJson): number {
	const lists = workflow.nodes.filter(({ type }) => type.endsWith('.splitOut'));
	const sizes = lists.map(({ parameters }) => {
		const list = settingOf(workflow, String(parameters.fieldToSplitOut));
		return (JSON.parse(String(list)) as unknown[]).length;
	});
	const chats = workflow.nodes.filter(({ type }) => type.endsWith('.httpRequest'));
	return sizes.reduce((product, size) => product * size, chats.length);
}
