import { setTimeout as pause } from 'node:timers/promises';

interface Waiting<Question, Answer> {
	question: Question;
	resolve: (answer: Answer) => void;
	reject: (error: unknown) => void;
}

export interface Calls<Question, Answer> {
	/** All at once, one answer for each in the order asked; null = ask this one alone. Waits for nobody's row lock. */
	together: (questions: readonly Question[]) => Promise<ReadonlyArray<Answer | null>>;
	alone: (question: Question) => Promise<Answer>;
	/** Whether one bad question may have made all of them fail, and none was carried out. */
	isOfOne: (error: unknown) => boolean;
}

/** More in one statement would keep what the first of them locks for too long. */
const MOST_AT_ONCE = 100;
/** A call that is alone may wait for a row lock; the next ones wait for it no longer than this many ms. */
const PATIENCE_MS = 20;

/**
 * Group commit on the client's side: what is asked while a call is under way goes into the next one, so that many
 * callers cost few round trips and few commits. Nothing waits in order to be grouped: who asks while nothing is under way
 * is asked for at once. The one timer only ends the patience with a slow single call. A bad question fails alone, and one
 * that would have to wait for a row lock holds up the others for PATIENCE_MS at most.
 */
export class Coalescer<Question, Answer> {
	private readonly queue: Array<Waiting<Question, Answer>> = [];
	private underWay = false;

	constructor(private readonly calls: Calls<Question, Answer>) {}

	ask(question: Question): Promise<Answer> {
		return new Promise((resolve, reject) => {
			this.queue.push({ question, resolve, reject });
			if (!this.underWay) void this.work();
		});
	}

	private async work(): Promise<void> {
		this.underWay = true;
		await Promise.resolve(); // what is asked in the same turn of the event loop belongs together
		while (this.queue.length > 0) await this.askGroup(this.queue.splice(0, MOST_AT_ONCE));
		this.underWay = false;
	}

	private async askGroup(group: ReadonlyArray<Waiting<Question, Answer>>): Promise<void> {
		const [only] = group;
		if (only && group.length === 1) {
			await Promise.race([this.askAlone(only), pause(PATIENCE_MS, undefined, { ref: false })]);
			return;
		}
		try {
			const answers = await this.calls.together(group.map(({ question }) => question));
			if (answers.length !== group.length) {
				throw new Error(`expected ${group.length} answers, got ${answers.length}`);
			}
			group.forEach((waiting, index) => {
				const answer = answers[index] ?? null;
				if (answer === null) void this.askAlone(waiting);
				else waiting.resolve(answer);
			});
		} catch (error) {
			const apart = this.calls.isOfOne(error);
			for (const waiting of group) {
				if (apart) void this.askAlone(waiting);
				else waiting.reject(error);
			}
		}
	}

	private askAlone({ question, resolve, reject }: Waiting<Question, Answer>): Promise<void> {
		return this.calls.alone(question).then(resolve, reject);
	}
}
