import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** One request as the provider saw it; tests judge rate limits by this log, never by the caller's own. */
export interface LoggedRequest {
	/** When the request's body had arrived. */
	at: Date;
	provider: 'openai' | 'gemini';
	/** Null for requests that failed before a model was read. */
	model: string | null;
	kind: 'outline' | 'draft' | null;
	/** Null when the prompt named no topic. */
	topic: string | null;
	/** Who asked, by the request's own word (OpenAI's `user`); null when it says nothing. */
	user: string | null;
	status: number;
	inputTokens: number;
	outputTokens: number;
}

/** Keeps every request in memory and, when a file is given, one JSON line a request. Never holds a key. */
export class RequestLog {
	readonly requests: LoggedRequest[] = [];

	constructor(private readonly file: string | null) {
		if (file !== null) mkdirSync(dirname(file), { recursive: true });
	}

	add(request: LoggedRequest): void {
		this.requests.push(request);
		if (this.file !== null) appendFileSync(this.file, `${JSON.stringify(request)}\n`);
	}
}
