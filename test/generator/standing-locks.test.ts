import { MUTEX, wrap, type WrapOptions } from '../../generator/wrap';
import { nodeOf, refusalCodes, workflowFrom, wrapped } from './wrap-fixtures';

describe('options that a lock which stands contradicts', () => {
	const sales = workflowFrom(
		[nodeOf('Cron', 'cron'), nodeOf('Hook', 'webhook'), nodeOf('A', 'set')],
		['Cron>A', 'Hook>A'],
	);
	const standing = wrapped(sales, { maxWaitSeconds: 300 }).workflow;
	const byHand = workflowFrom(
		[
			nodeOf('Cron', 'cron'),
			nodeOf('Mine', MUTEX, { parameters: { operation: 'acquire', lock: 'Sales' } }),
			nodeOf('A', 'set'),
		],
		['Cron>Mine', 'Mine>A'],
	);

	const wishes: Array<[string, WrapOptions, string[]]> = [
		['nothing', {}, ['unchanged']],
		['what stands', { onBusy: { schedule: 'skip', webhook: 'wait' }, maxWaitSeconds: 300 }, ['unchanged']],
		['a kind that it does not have', { onBusy: { form: 'fail' } }, ['unchanged']],
		['another policy for a kind', { onBusy: { schedule: 'wait' } }, ['WRAP_OTHER_BUSY']],
		['another policy for all', { onBusy: { all: 'fail' } }, ['WRAP_OTHER_BUSY', 'WRAP_OTHER_BUSY']],
		['another wait', { maxWaitSeconds: 60 }, ['WRAP_OTHER_WAIT']],
		['a policy that no wrapping would give', { onBusy: { all: 'skip' } }, ['WRAP_WOULD_DROP']],
	];
	test.each(wishes)('asking for %s', (_what, options, codes) => {
		expect(refusalCodes(standing, options)).toEqual(codes);
	});

	test('a lock without a bound waits as long as the node does by default', () => {
		const { workflow } = wrapped(sales);
		expect(refusalCodes(workflow, { maxWaitSeconds: 60 })).toEqual(['unchanged']);
		expect(refusalCodes(workflow, { maxWaitSeconds: 61 })).toEqual(['WRAP_OTHER_WAIT']);
	});

	test('a lock that was taken again behind a node counts like the first', () => {
		const waits = nodeOf('Wait', 'wait', { parameters: { amount: 5, unit: 'minutes' } });
		const parks = workflowFrom([nodeOf('Cron', 'cron'), waits, nodeOf('A', 'set')], ['Cron>Wait', 'Wait>A']);
		const result = wrap(wrapped(parks, { maxWaitSeconds: 300 }).workflow, { maxWaitSeconds: 30 });
		expect(result).toMatchObject({ refusals: [{ code: 'WRAP_OTHER_WAIT', node: 'Lock Again' }] });
	});

	test('one that was put in by hand is the operator’s to change in the editor', () => {
		const result = wrap(byHand, { onBusy: { schedule: 'wait' } });
		expect(result).toMatchObject({
			refusals: [
				{
					code: 'WRAP_OTHER_BUSY',
					node: 'Mine',
					reason: expect.stringContaining('with “skip” while busy; “wait” was asked for'),
					action: expect.stringContaining('set “When Busy” in it in the editor'),
				},
			],
		});
	});
});
