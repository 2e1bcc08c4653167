import type { CallbackItem, ClaimedExecution } from '../../core';
import { failed, planFor, report, succeeded, task, TYPE } from '../postgres/scenario';
import type { House } from './house';

const KIM = { actor: 'Kim' };
const WHY = { ...KIM, reason: 'a walk' };

/** One step of a walk; the numbers choose what it is done to. */
export interface Step {
	move: keyof typeof MOVES;
	n: number;
	m: number;
}

/** Takes steps in one house and tells what came of them in words that are the same in every house. */
export class Walker {
	private readonly tasks: string[] = [];
	private readonly executions: ClaimedExecution[] = [];

	constructor(readonly house: House) {}

	async take({ move, n, m }: Step): Promise<unknown> {
		return (await MOVES[move](this, n, m)) ?? null;
	}

	/** What everybody can see: tasks with their log and their gates, reasons of an idle claim, zombies. */
	async seen(): Promise<unknown> {
		const { queue, runs } = this.house.ports;
		const tasks = (await queue.list()).map(
			async ({ taskId, state, attempts, executionId, result, error }) => {
				const known = await queue.inspect(taskId);
				const explained = await queue.explain(taskId);
				return {
					...{ state, attempts, result, error: error?.code, verdict: explained?.verdict },
					execution: this.executions.findIndex((each) => each.executionId === executionId),
					log: known?.transitions.map(({ from, to, epoch }) => [from, to, epoch]),
					failures: known?.failures.map(({ attempt, recoveryAction, code }) => [
						attempt,
						recoveryAction,
						code,
					]),
					letter: [known?.deadLetter?.status, known?.deadLetter?.reason],
					gates: explained?.gates.map((each) => each.gate),
					ahead: explained?.tasksAhead,
				};
			},
		);
		const reasons = (await queue.whyIdle()).map(({ workflowType, reason }) => [workflowType, reason]);
		return { tasks: await Promise.all(tasks), reasons, zombies: (await runs.zombies()).length };
	}

	/** The number under which the walk knows a task. */
	readonly nameOf = (taskId: string): number => this.tasks.indexOf(taskId);

	made(taskId: string): void {
		this.tasks.push(taskId);
	}

	won(executions: ClaimedExecution[]): void {
		this.executions.push(...executions);
	}

	taskAt(n: number): string {
		return this.tasks[n % Math.max(1, this.tasks.length)] ?? '999999';
	}

	/** One of the last four. */
	async withExecution<T>(n: number, act: (execution: ClaimedExecution) => Promise<T>): Promise<T | null> {
		const execution = this.executions.at(-1 - (n % 4));
		return execution ? act(execution) : null;
	}

	/** Reports every item of an execution. */
	async reportAll(
		n: number,
		m: number,
		itemOf: (taskId: string, place: number) => CallbackItem,
	): Promise<unknown> {
		return this.withExecution(n, async (execution) => {
			const items = execution.items.map((item, place) => itemOf(item.task_id, place));
			const id = `${m % 2}-${this.executions.indexOf(execution)}`;
			const { outcome, settledTasks } = await report(this.house.ports, execution, items, id);
			return { outcome, settled: settledTasks.map(this.nameOf) };
		});
	}
}

type Move = (walker: Walker, n: number, m: number) => Promise<unknown>;

const giveUp = { recommended: false, not_before: null };

export const MOVES = {
	enqueue: async (walker, n, m) => {
		const made = await walker.house.ports.queue.enqueue([
			task({
				input: { content_type: m % 2 === 0 ? 'news' : 'guide' },
				overrides: { maxAttempts: 1 + (m % 3) },
				...(n > 6 && { idempotencyKey: `key ${m % 2}` }),
			}),
		]);
		for (const { created, taskId } of made) if (created) walker.made(taskId);
		return made.map(({ created, taskId }) => [created, walker.nameOf(taskId)]);
	},
	claim: async (walker, n, m) => {
		const won = await walker.house.ports.queue.claim(planFor({ maxExecutions: 1 + (n % 3) }, 1 + (m % 3)));
		walker.won(won);
		return won.map(({ epoch, items }) => [
			epoch,
			items.map((item) => [walker.nameOf(item.task_id), item.attempt]),
		]);
	},
	accept: async (walker, n) =>
		walker.withExecution(n, (each) => walker.house.ports.executions.accept(each, 'w')),
	start: async (walker, n, m) =>
		walker.withExecution(
			n,
			async (each) => (await walker.house.ports.executions.start(each, `${m % 2}`)) !== null,
		),
	renew: async (walker, n) =>
		walker.withExecution(n, async (each) => (await walker.house.ports.executions.renew(each)) !== null),
	succeed: async (walker, n, m) => walker.reportAll(n, m, (taskId) => succeeded(taskId)),
	fail: async (walker, n, m) => walker.reportAll(n, m, (taskId) => failed(taskId)),
	giveUp: async (walker, n, m) => walker.reportAll(n, m, (taskId) => failed(taskId, giveUp)),
	half: async (walker, n, m) =>
		walker.reportAll(n, m, (taskId, place) => (place === 0 ? succeeded(taskId) : failed(taskId))),
	refuse: async (walker, n) =>
		walker.withExecution(n, (each) => walker.house.ports.executions.refuse(each, { message: 'no' })),
	abandon: async (walker, n) =>
		walker.withExecution(n, (each) => walker.house.ports.executions.abandon(each, { message: 'gone' })),
	cancel: async (walker, n) => {
		const [outcome] = await walker.house.ports.queue.cancel({ taskIds: [walker.taskAt(n)] }, WHY);
		return outcome?.outcome;
	},
	pause: async (walker) => (await walker.house.ports.queue.pause({ workflowType: TYPE }, WHY)).changed,
	resume: async (walker) => (await walker.house.ports.queue.resume({ workflowType: TYPE }, KIM)).changed,
	recover: async (walker) => {
		// Zombies are anomalies of a database, and the fake looks for none.
		const { anomalies: _, ...done } = await walker.house.ports.runs.recover();
		return done;
	},
	pass: async (walker) => walker.house.pass(100),
	passLong: async (walker) => walker.house.pass(1000),
	redrive: async (walker) => {
		const { matching, taskIds } = await walker.house.ports.deadLetters.redrive({}, KIM);
		return { matching, taskIds: taskIds.map(walker.nameOf) };
	},
	discard: async (walker) => {
		const { matching, taskIds } = await walker.house.ports.deadLetters.discard({}, { ...KIM, limit: 1 });
		return { matching, taskIds: taskIds.map(walker.nameOf) };
	},
} satisfies Record<string, Move>;
