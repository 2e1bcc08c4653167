/** A set-up step that cannot go on. The message names the value; `action` says what a person can do; `log` is evidence. */
export class HostError extends Error {
	constructor(
		message: string,
		readonly action: string,
		options: { log?: string[]; cause?: unknown } = {},
	) {
		super(message, { cause: options.cause });
		this.name = 'HostError';
		this.log = options.log ?? [];
	}

	/** Last lines of the log of the program that failed. */
	readonly log: string[];
}
