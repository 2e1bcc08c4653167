/** What was started, in order; `unwind` stops it in the reverse order, once, and goes on when one step fails. */
export class UndoStack {
	private steps: (() => Promise<void>)[] = [];
	private unwinding: Promise<void> | null = null;

	push(step: () => Promise<void>): void {
		this.steps.push(step);
	}

	unwind(): Promise<void> {
		this.unwinding ??= this.run();
		return this.unwinding;
	}

	private async run(): Promise<void> {
		const failures: unknown[] = [];
		for (const step of this.steps.reverse()) {
			await step().catch((error: unknown) => failures.push(error));
		}
		if (failures.length > 0) throw new AggregateError(failures, 'Some parts of the host could not be stopped.');
	}
}
