import fc from 'fast-check';
import { unwrap, wrap, type WrapOptions } from '../../generator/wrap';
import { findEntries } from '../../generator/wrap/entries';
import type { ForeignWorkflow } from '../../generator/wrap/foreign-workflow';
import { happenings, runFrom } from '../support/workflow-run';
import { workflows } from './workflow-graphs';

const options: fc.Arbitrary<WrapOptions> = fc.record({
	guard: fc.boolean(),
	onBusy: fc.constantFrom({}, { all: 'wait' as const }, { called: 'wait' as const }),
});

/** Without the inserted nodes: what the operator would compare. */
async function compare(plain: ForeignWorkflow, locked: ForeignWorkflow, count: number): Promise<void> {
	const own = new Set(plain.nodes.map(({ name }) => name));
	for (const { node } of findEntries(plain)) {
		const before = await runFrom(plain, node.name, count);
		const after = await runFrom(locked, node.name, count);
		const counts = (name: string) => own.has(name);
		expect(happenings(after, counts)).toEqual(happenings(before, counts));
		expect(after.status).toBe(before.status);
	}
}

test('a wrapped workflow does what it did: every node, every run, every item, in order and paired', async () => {
	let wrapped = 0;
	await fc.assert(
		fc.asyncProperty(workflows, options, fc.integer({ min: 1, max: 4 }), async (workflow, choice, count) => {
			const result = wrap(workflow, choice);
			if (result.outcome !== 'wrapped') return;
			wrapped++;
			await compare(workflow, result.workflow, count);
		}),
		{ numRuns: 1000 },
	);
	expect(wrapped).toBeGreaterThan(400);
}, 120_000);

test('unwrapping gives back the same text, wrapping twice equals once, and the input is never touched', () => {
	fc.assert(
		fc.property(workflows, options, (workflow, choice) => {
			const text = JSON.stringify(workflow);
			const result = wrap(workflow, choice);
			if (result.outcome === 'refused') return;
			const locked = JSON.stringify(result.workflow);
			const again = wrap(result.workflow, choice);
			expect(again.outcome === 'refused' ? again : JSON.stringify(again.workflow)).toBe(locked);
			const back = unwrap(result.workflow);
			expect(back.outcome === 'refused' ? back : JSON.stringify(back.workflow)).toBe(text);
			expect(JSON.stringify(workflow)).toBe(text);
		}),
		{ numRuns: 1000 },
	);
});

test('while the lock is busy nothing of the work runs, from whichever trigger', async () => {
	await fc.assert(
		fc.asyncProperty(workflows, fc.integer({ min: 1, max: 3 }), async (workflow, count) => {
			const result = wrap(workflow, { onBusy: { called: 'fail' } });
			if (result.outcome !== 'wrapped') return;
			const works = new Set(
				workflow.nodes.filter(({ name }) => !name.startsWith('Start')).map(({ name }) => name),
			);
			for (const { node } of findEntries(workflow)) {
				const run = await runFrom(result.workflow, node.name, count, { locksBusy: true });
				expect(happenings(run, (name) => works.has(name))).toEqual([]);
			}
		}),
		{ numRuns: 200 },
	);
}, 60_000);
