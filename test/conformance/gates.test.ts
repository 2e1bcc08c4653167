import { InvalidInputError, UnknownWorkflowTypeError } from '../../core';
import {
	claimOne,
	failed,
	onlyTask,
	planFor,
	reclaim,
	report,
	startOne,
	succeeded,
	task,
	TYPE,
} from '../postgres/scenario';
import { conform, minutesBetween } from './conform';
import { OTHER_TYPE } from './house';

const KIM = { actor: 'Kim' };
const BECAUSE = { actor: 'Kim', reason: 'the provider is down' };
const news = () => task({ input: { content_type: 'news' } });
const NEWS = { fairKey: `${TYPE}:news` };

conform('pause and weights', (house) => {
	test('a paused type is claimed no more, says who holds it, and goes on where it was', async () => {
		const { queue } = house().ports;
		await queue.enqueue([task()]);
		const paused = await queue.pause({ workflowType: TYPE }, BECAUSE);
		expect(paused).toMatchObject({ changed: true, pause: { by: 'Kim', reason: 'the provider is down' } });
		expect(await queue.claim(planFor())).toEqual([]);
		expect(await queue.resume({ workflowType: TYPE }, KIM)).toEqual({ changed: true, pause: null });
		expect(await queue.claim(planFor())).toHaveLength(1);
	});

	test('a paused key holds its own tasks, and no others', async () => {
		const { queue } = house().ports;
		const [, other] = await queue.enqueue([news(), task()]);
		await queue.pause(NEWS, BECAUSE);
		const claimed = await queue.claim(planFor());
		expect(claimed.map(onlyTask)).toEqual([other?.taskId]);
	});

	test('a second pause changes nothing and shows the first, and so does a second resume', async () => {
		const { queue } = house().ports;
		const { pause } = await queue.pause({ workflowType: TYPE }, BECAUSE);
		expect(await queue.pause({ workflowType: TYPE }, { actor: 'Lee', reason: 'me too' })).toEqual({
			changed: false,
			pause,
		});
		await queue.resume({ workflowType: TYPE }, KIM);
		expect(await queue.resume({ workflowType: TYPE }, KIM)).toEqual({ changed: false, pause: null });
	});

	test('what runs when its type is paused goes on and is settled', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		await ports.queue.pause({ workflowType: TYPE }, BECAUSE);
		expect(await ports.executions.renew(execution)).not.toBeNull();
		expect((await report(ports, execution, [succeeded(onlyTask(execution))])).outcome).toBe('applied');
	});

	test('unknown types, unknown keys and orders without a name are refused', async () => {
		const { queue } = house().ports;
		await expect(queue.pause({ workflowType: 'nobody' }, BECAUSE)).rejects.toThrow(UnknownWorkflowTypeError);
		await expect(queue.pause(NEWS, BECAUSE)).rejects.toThrow(/a key is known from its first task on/);
		await expect(queue.resume({ workflowType: TYPE }, { actor: ' ' })).rejects.toThrow(InvalidInputError);
	});

	test('a weight of a type is given to new keys and to those that still have the type’s', async () => {
		const { queue } = house().ports;
		await queue.enqueue([task(), news()]);
		await queue.setWeight(NEWS, 7, KIM);
		expect(await queue.setWeight({ workflowType: TYPE }, 4, KIM)).toBe(1);
		await queue.enqueue([task({ input: { content_type: 'guide' } })]);
		const weights = (await queue.keys()).map(({ fairKey, weight }) => [fairKey, weight]);
		expect(weights).toEqual([
			[TYPE, 4],
			[`${TYPE}:guide`, 4],
			[`${TYPE}:news`, 7],
		]);
	});

	test.each([0, 1001, 1.5])('a weight of %d is refused', async (weight) => {
		await expect(house().ports.queue.setWeight({ workflowType: TYPE }, weight, KIM)).rejects.toThrow(
			/weight must be a whole number from 1 to 1000/,
		);
	});

	test('keys show depth, age, executions and both pauses', async () => {
		const { queue } = house().ports;
		await queue.enqueue([task(), task(), news(), task({ workflowType: OTHER_TYPE })]);
		await queue.claim(planFor({ maxExecutions: 1 }));
		await queue.pause(NEWS, BECAUSE);
		await queue.pause({ workflowType: OTHER_TYPE }, BECAUSE);
		const [first] = await queue.list({ states: ['queued'] });
		expect(await queue.keys()).toMatchObject([
			{
				fairKey: TYPE,
				queued: 1,
				running: 1,
				oldestEligibleAt: first?.eligibleAt,
				pause: null,
				typePause: null,
			},
			{ fairKey: NEWS.fairKey, queued: 1, running: 0, pause: { by: 'Kim' }, typePause: null },
			{ fairKey: OTHER_TYPE, queued: 1, running: 0, pause: null, typePause: { by: 'Kim' } },
		]);
		const paused = await queue.keys({ paused: true });
		expect(paused.map((each) => each.fairKey)).toEqual([NEWS.fairKey, OTHER_TYPE]);
	});
});

conform('explain', (house) => {
	const gateOf = async (taskId: string | undefined) => {
		const explained = await house().ports.queue.explain(taskId ?? '');
		return { verdict: explained?.verdict, gates: explained?.gates.map((each) => each.gate) };
	};

	test('a task that the next claim takes is claimable; of one behind it says how many are ahead', async () => {
		const { queue } = house().ports;
		const made = await queue.enqueue(Array.from({ length: 7 }, () => task()));
		expect(await gateOf(made[0]?.taskId)).toEqual({ verdict: 'claimable', gates: [] });
		expect(await queue.explain(made[6]!.taskId)).toMatchObject({
			verdict: 'held',
			gates: [{ gate: 'tasks_ahead', opensAt: null }],
			tasksAhead: 6,
			earliestStart: null,
		});
	});

	test('a task that is not due yet names its time as the earliest start', async () => {
		const { ports, now } = house();
		const notBefore = new Date((await now()).getTime() + 600_000);
		const [made] = await ports.queue.enqueue([task({ notBefore })]);
		expect(await ports.queue.explain(made!.taskId)).toMatchObject({
			verdict: 'held',
			gates: [{ gate: 'not_due', opensAt: notBefore }],
			earliestStart: notBefore,
		});
	});

	test('a known time stays beside an unknown one, and no start is promised behind the deadline for waiting', async () => {
		const { ports, now } = house();
		const inSeconds = async (seconds: number) => new Date((await now()).getTime() + seconds * 1000);
		const notBefore = await inSeconds(60);
		const expiresAt = await inSeconds(75);
		const [made] = await ports.queue.enqueue([task({ notBefore, expiresAt })]);
		await ports.queue.pause({ workflowType: TYPE }, BECAUSE);
		expect(await ports.queue.explain(made!.taskId)).toMatchObject({
			earliestStart: null,
			noEarlierThan: notBefore,
			expiresAt,
		});
		await ports.queue.resume({ workflowType: TYPE }, KIM);
		expect(await ports.queue.explain(made!.taskId)).toMatchObject({ earliestStart: notBefore, expiresAt });
		const [doomed] = await ports.queue.enqueue([task({ expiresAt: await inSeconds(30) })]);
		const execution = await reclaim(ports);
		await report(ports, execution, [failed(onlyTask(execution))]);
		expect(onlyTask(execution)).toBe(doomed?.taskId);
		expect(await ports.queue.explain(doomed!.taskId)).toMatchObject({
			verdict: 'held',
			earliestStart: null,
			gates: [{ gate: 'waited_too_long' }, { gate: 'not_due' }],
		});
	});

	test('pauses of type and key, a missing address and full slots are named in the order in which they are asked', async () => {
		const { ports, setSlots, configure } = house();
		await configure('silent', {});
		await setSlots(1);
		await claimOne(ports);
		const [made] = await ports.queue.enqueue([
			task({ workflowType: 'silent', input: { content_type: 'news' } }),
		]);
		await ports.queue.pause({ workflowType: 'silent' }, BECAUSE);
		await ports.queue.pause({ fairKey: 'silent:news' }, BECAUSE);
		expect(await gateOf(made?.taskId)).toEqual({
			verdict: 'held',
			gates: ['paused', 'key_paused', 'no_endpoint', 'global_concurrency'],
		});
	});

	test('the cap of the type, its cadence and a passed deadline hold a task', async () => {
		const { ports, configure, now, pass } = house();
		await configure(TYPE, { maxConcurrent: 1, cadenceSeconds: 3600 });
		await claimOne(ports);
		const expiresAt = new Date((await now()).getTime() + 60_000);
		const [made] = await ports.queue.enqueue([task({ expiresAt })]);
		await pass(120);
		expect(await gateOf(made?.taskId)).toEqual({
			verdict: 'held',
			gates: ['waited_too_long', 'cadence', 'type_concurrency'],
		});
	});

	test('a key that leads its share of the slots is held while another waits', async () => {
		const { ports, setSlots, configure } = house();
		await setSlots(4);
		await configure(TYPE, { maxConcurrent: 4, batchSize: 1 });
		await ports.queue.enqueue([news(), news()]);
		await ports.queue.claim(planFor());
		const [held] = await ports.queue.enqueue([news(), task(), task()]);
		expect(await gateOf(held?.taskId)).toEqual({ verdict: 'held', gates: ['fair_share'] });
	});

	test('a task in work names its execution, an ended one its end, an unknown one nothing', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		const taskId = onlyTask(execution);
		const working = await ports.queue.explain(taskId);
		expect(working).toMatchObject({ verdict: 'in_work', earliestStart: null });
		expect(working?.summary).toContain(execution.executionId);
		await report(ports, execution, [succeeded(taskId)]);
		expect(await ports.queue.explain(taskId)).toMatchObject({ verdict: 'ended', state: 'succeeded' });
		expect(await ports.queue.explain('999999')).toBeNull();
	});

	test('an idle claim has a reason for every type that waits or that the plan names', async () => {
		const { ports, now } = house();
		const notBefore = new Date((await now()).getTime() + 600_000);
		await ports.queue.enqueue([task({ notBefore }), task({ workflowType: OTHER_TYPE })]);
		const reasons = await ports.queue.whyIdle(planFor());
		expect(reasons).toMatchObject([
			{ workflowType: TYPE, reason: 'not_due', earliestAt: notBefore },
			{ workflowType: OTHER_TYPE, reason: 'no_quota', earliestAt: null },
		]);
		expect(await ports.queue.whyIdle()).toMatchObject([
			{ workflowType: TYPE, reason: 'not_due' },
			{ workflowType: OTHER_TYPE, reason: 'claimable' },
		]);
		expect(await ports.queue.whyIdle(planFor({ maxExecutions: 0 }))).toMatchObject([
			{ workflowType: null, reason: 'no_quota' },
		]);
	});
});

conform('cancel', (house) => {
	const WHY = { actor: 'Kim', reason: 'wrong input' };

	test('ends waiting and working tasks, and frees the slot of an execution whose last task goes', async () => {
		const { ports, now } = house();
		const working = await startOne(ports);
		const notBefore = new Date((await now()).getTime() + 600_000);
		const [queued, delayed] = await ports.queue.enqueue([task(), task({ notBefore })]);
		const taskIds = [onlyTask(working), queued!.taskId, delayed!.taskId];
		const { executionId, epoch } = working;
		expect(await ports.queue.cancel({ taskIds }, WHY)).toEqual([
			{
				taskId: onlyTask(working),
				outcome: 'cancelled',
				was: 'running',
				execution: { executionId, epoch, n8nExecutionId: '77', ended: true },
			},
			{ taskId: queued?.taskId, outcome: 'cancelled', was: 'queued', execution: null },
			{ taskId: delayed?.taskId, outcome: 'cancelled', was: 'scheduled', execution: null },
		]);
		expect(await ports.executions.renew(working)).toBeNull();
		await ports.queue.enqueue([task(), task(), task()]);
		expect(await ports.queue.claim(planFor())).toHaveLength(3);
	});

	test('an execution works on for its other tasks, and their results count', async () => {
		const { ports } = house();
		await ports.queue.enqueue([task(), task()]);
		const [execution] = await ports.queue.claim(planFor({ maxExecutions: 1 }, 2));
		const [first, second] = execution!.items.map((item) => item.task_id);
		const [outcome] = await ports.queue.cancel({ taskIds: [first!] }, WHY);
		expect(outcome).toMatchObject({ outcome: 'cancelled', was: 'claimed', execution: { ended: false } });
		const settled = await report(ports, execution!, [succeeded(first!), succeeded(second!)]);
		expect(settled).toEqual({ outcome: 'applied', settledTasks: [second] });
		expect(await ports.queue.list()).toMatchObject([{ state: 'cancelled' }, { state: 'succeeded' }]);
	});

	test('a late report of a cancelled execution changes nothing', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		await ports.queue.cancel({ taskIds: [onlyTask(execution)] }, WHY);
		expect(await report(ports, execution, [succeeded(onlyTask(execution))])).toEqual({
			outcome: 'stale',
			settledTasks: [],
		});
		expect(await ports.queue.list()).toMatchObject([{ state: 'cancelled', result: null }]);
	});

	test('what ended before stays as it is, and an unknown id is said to be one', async () => {
		const { ports } = house();
		const execution = await startOne(ports);
		const taskId = onlyTask(execution);
		await report(ports, execution, [succeeded(taskId)]);
		expect(await ports.queue.cancel({ taskIds: [taskId, '999999'] }, WHY)).toEqual([
			{ taskId, outcome: 'already_ended', was: 'succeeded' },
			{ taskId: '999999', outcome: 'unknown' },
		]);
	});

	test('a dry run only says what would happen', async () => {
		const { ports } = house();
		await startOne(ports);
		const [outcome] = await ports.queue.cancel({ workflowType: TYPE }, { ...WHY, dryRun: true });
		expect(outcome).toMatchObject({ outcome: 'would_cancel', was: 'running', execution: { ended: true } });
		expect(await ports.queue.list()).toMatchObject([{ state: 'running' }]);
	});

	test('a filter takes the lowest ids of its type, key and states, as many as the limit says', async () => {
		const { ports } = house();
		const made = await ports.queue.enqueue([news(), task(), news(), news()]);
		const outcomes = await ports.queue.cancel({ ...NEWS, states: ['queued'], limit: 2 }, WHY);
		expect(outcomes.map((each) => each.taskId)).toEqual([made[0]?.taskId, made[2]?.taskId]);
		const left = await ports.queue.list({ states: ['queued'] });
		expect(left.map((each) => each.taskId)).toEqual([made[1]?.taskId, made[3]?.taskId]);
	});

	test('an empty filter and a nameless order are refused', async () => {
		const { queue } = house().ports;
		await expect(queue.cancel({}, WHY)).rejects.toThrow(/an empty filter would cancel everything/);
		await expect(queue.cancel({ taskIds: ['1'] }, { ...WHY, actor: '' })).rejects.toThrow(InvalidInputError);
	});

	test('a cancelled task calls for none of its successors', async () => {
		const { ports } = house();
		const execution = await startOne(ports, {
			successors: [{ workflowType: OTHER_TYPE, when: 'ended' }],
		});
		await ports.queue.cancel({ taskIds: [onlyTask(execution)] }, WHY);
		await report(ports, execution, [failed(onlyTask(execution))]);
		expect(await ports.queue.list({ workflowType: OTHER_TYPE })).toEqual([]);
	});

	test('the reason and the name stand in the log', async () => {
		const { ports, now } = house();
		const [made] = await ports.queue.enqueue([task()]);
		await ports.queue.cancel({ taskIds: [made!.taskId] }, WHY);
		const seen = await ports.queue.inspect(made!.taskId);
		expect(seen?.transitions.at(-1)).toMatchObject({
			to: 'cancelled',
			actor: 'cancel:Kim',
			context: { reason: 'wrong input' },
		});
		expect(minutesBetween(await now(), seen?.task.finishedAt)).toBe(0);
	});
});
