import { InvalidInputError, NUMBER_SETTINGS, TYPE_BOUNDS, UnknownWorkflowTypeError } from '../../core';
import { claimOne, failed, onlyTask, planFor, report, task, TYPE } from '../postgres/scenario';
import { conform } from './conform';
import { OTHER_TYPE } from './house';

const KIM = { actor: 'Kim' };
const news = () => task({ input: { content_type: 'news' } });

conform('workflow types', (house) => {
	const typeOf = async (name: string) =>
		(await house().ports.types.list()).find(({ workflowType }) => workflowType === name);

	test('are listed by name with their settings; those of a new one are the defaults', async () => {
		const listed = await house().ports.types.list();
		expect(listed.map(({ workflowType }) => workflowType)).toEqual([TYPE, OTHER_TYPE]);
		expect(await typeOf(TYPE)).toEqual({
			workflowType: TYPE,
			title: 'Content Pipeline',
			weight: 1,
			maxConcurrent: 3,
			batchSize: 2,
			batchMax: 10,
			cadenceSeconds: null,
			queueLimitSeconds: null,
			limitSeconds: 300,
			maxAttempts: 5,
			backoffBaseSeconds: 60,
			backoffCeilingSeconds: 960,
			backoffJitterSeconds: 0,
			deliveryRetries: 3,
			deliveryBackoffSeconds: 60,
			deadLetterDays: 30,
			pause: null,
		});
	});

	test('change in what is named and stay in the rest; null takes a cadence or a limit of waiting away', async () => {
		const { types } = house().ports;
		const before = await typeOf(TYPE);
		const change = { maxAttempts: 3, cadenceSeconds: 900, queueLimitSeconds: 3600, backoffBaseSeconds: 0.5 };
		expect(await types.set(TYPE, change, KIM)).toEqual({ ...before, ...change });
		expect(await types.set(TYPE, { cadenceSeconds: null, queueLimitSeconds: null }, KIM)).toEqual({
			...before,
			maxAttempts: 3,
			backoffBaseSeconds: 0.5,
		});
		expect(await typeOf(OTHER_TYPE)).toMatchObject({ maxAttempts: 5 });
	});

	test('hold at once: attempts, limit of waiting and concurrency of the next claim', async () => {
		const { ports, now } = house();
		await ports.types.set(TYPE, { maxAttempts: 1, queueLimitSeconds: 600, maxConcurrent: 1 }, KIM);
		const execution = await claimOne(ports);
		const taskId = onlyTask(execution);
		const { expiresAt } = (await ports.queue.inspect(taskId))?.task ?? {};
		const seconds = ((expiresAt?.getTime() ?? 0) - (await now()).getTime()) / 1000;
		expect(Math.abs(seconds - 600)).toBeLessThan(60);
		await ports.queue.enqueue([task()]);
		expect(await ports.queue.claim(planFor())).toEqual([]);
		await report(ports, execution, [failed(taskId)]);
		expect(await ports.queue.explain(taskId)).toMatchObject({ state: 'dead' });
	});

	test('a weight reaches the keys that have the weight of their type', async () => {
		const { types, queue } = house().ports;
		await queue.enqueue([task(), news()]);
		await queue.setWeight({ fairKey: `${TYPE}:news` }, 5, KIM);
		expect(await types.set(TYPE, { weight: 2, batchSize: 1 }, KIM)).toMatchObject({
			weight: 2,
			batchSize: 1,
		});
		expect((await queue.keys()).map(({ fairKey, weight }) => [fairKey, weight])).toEqual([
			[TYPE, 2],
			[`${TYPE}:news`, 5],
		]);
	});

	test('are registered when that is asked for, and never by a slip of the pen', async () => {
		const { types, queue } = house().ports;
		const lost = types.set('revenue_optimiser', { maxAttempts: 3 }, KIM);
		await expect(lost).rejects.toThrow(UnknownWorkflowTypeError);
		const made = await types.set('revenue_optimizer', { maxAttempts: 3 }, { ...KIM, create: true });
		expect(made).toMatchObject({
			workflowType: 'revenue_optimizer',
			title: 'Revenue Optimizer',
			maxAttempts: 3,
		});
		expect(await types.set('revenue_optimizer', {}, { ...KIM, create: true })).toEqual(made);
		const [enqueued] = await queue.enqueue([task({ workflowType: 'revenue_optimizer' })]);
		expect(enqueued).toMatchObject({ created: true });
	});

	test.each(NUMBER_SETTINGS)(
		'%s is refused out of its bounds, and with the value in the message',
		async (setting) => {
			const { types } = house().ports;
			const before = await types.list();
			const { min, max, whole, nullable } = TYPE_BOUNDS[setting];
			for (const value of [min - 1, max + 1, ...(whole ? [min + 0.5] : []), ...(nullable ? [] : [null])]) {
				const refused = types.set(TYPE, { [setting]: value }, KIM);
				await expect(refused).rejects.toThrow(InvalidInputError);
				await expect(refused).rejects.toThrow(
					`${setting} must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}${nullable ? ', or null for none' : ''}, got ${value}`,
				);
			}
			expect(await types.list()).toEqual(before);
		},
	);

	test.each(NUMBER_SETTINGS)('%s takes both ends of its bounds', async (setting) => {
		const { types } = house().ports;
		const wide = { batchSize: 1, batchMax: 10, backoffBaseSeconds: 0, backoffCeilingSeconds: 86_400 };
		for (const value of [TYPE_BOUNDS[setting].min, TYPE_BOUNDS[setting].max])
			expect(await types.set(TYPE, { ...wide, [setting]: value }, KIM)).toMatchObject({ [setting]: value });
	});

	test('a batch over its most, a first wait over the longest, an empty change and an order without a name are refused', async () => {
		const { types } = house().ports;
		await expect(types.set(TYPE, { batchMax: 1 }, KIM)).rejects.toThrow(
			'batchSize must not be more than batchMax, got 2 and 1',
		);
		await expect(types.set(TYPE, { backoffBaseSeconds: 1000 }, KIM)).rejects.toThrow(
			'backoffBaseSeconds must not be more than backoffCeilingSeconds, got 1000 and 960',
		);
		await expect(types.set(TYPE, {}, KIM)).rejects.toThrow('nothing says what to change of content_pipeline');
		await expect(types.set(TYPE, { maxAttempts: 3 }, { actor: ' ' })).rejects.toThrow(InvalidInputError);
		const misspelt: object = { maxAttemps: 3 };
		await expect(types.set(TYPE, misspelt, KIM)).rejects.toThrow('"maxAttemps" is no setting of a type');
	});
});
