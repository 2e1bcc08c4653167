/** Reads the present. Decisions take `now` as a value; only passes and adapters hold a Clock. */
export interface Clock {
	now(): Date;
}

/** Structured log lines. Callers never pass a secret; adapters still redact what they know. */
export interface Logger {
	info(message: string, fields?: Record<string, unknown>): void;
	warn(message: string, fields?: Record<string, unknown>): void;
	error(message: string, fields?: Record<string, unknown>): void;
}
