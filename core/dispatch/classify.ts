import { explainStale } from '../run/stale';

/** What one HTTP attempt showed. `sent: false` = the request certainly never left this machine. */
export type HttpAnswer =
	| { kind: 'response'; status: number; retryAfter: string | null; body: string }
	| { kind: 'failure'; sent: boolean; code: string; message: string };

export type DeliveryOutcome = 'accepted' | 'duplicate' | 'refused' | 'unknown' | 'stale';

export interface Classification {
	outcome: DeliveryOutcome;
	status: number | null;
	message: string;
	/** From Retry-After on 429 and 503; null = the ordinary series decides. */
	retryAt: Date | null;
	/** 410: nobody will ever answer there again. */
	disableEndpoint: boolean;
}

/** S3. Only a definite answer may free the slot; whatever might have arrived stays unknown. */
export function classify(answer: HttpAnswer, now: Date): Classification {
	if (answer.kind === 'failure') return classifyFailure(answer);
	const { status } = answer;
	const base = { status, retryAt: null, disableEndpoint: false };
	if (status >= 200 && status < 300) return { ...base, ...acknowledgement(answer.body, status) };
	if (status === 409)
		return { ...base, outcome: 'stale', message: explainStale(readField(answer.body, 'reason')) };
	return {
		...base,
		outcome: 'refused',
		message: refusalMessage(status),
		retryAt: status === 429 || status === 503 ? readRetryAfter(answer.retryAfter, now) : null,
		disableEndpoint: status === 410,
	};
}

/** Retry-After in seconds or as an HTTP date; anything else is null. */
export function readRetryAfter(value: string | null, now: Date): Date | null {
	if (value === null || value.trim() === '') return null;
	if (/^\d+$/.test(value.trim())) return new Date(now.getTime() + Number(value) * 1000);
	const at = Date.parse(value);
	return Number.isNaN(at) ? null : new Date(at);
}

function classifyFailure(answer: Extract<HttpAnswer, { kind: 'failure' }>): Classification {
	return {
		outcome: answer.sent ? 'unknown' : 'refused',
		status: null,
		message: `${answer.code}: ${answer.message}`,
		retryAt: null,
		disableEndpoint: false,
	};
}

/** A 2xx counts only with our own acknowledgement: another workflow on that address must not swallow tasks. */
function acknowledgement(body: string, status: number): { outcome: DeliveryOutcome; message: string } {
	const answer = readField(body, 'status');
	if (answer === 'accepted') return { outcome: 'accepted', message: 'Accepted.' };
	if (answer === 'duplicate') return { outcome: 'duplicate', message: 'Had been accepted before.' };
	return {
		outcome: 'refused',
		message: `The endpoint answered ${status} without an acknowledgement: is there a Task Trigger at this address?`,
	};
}

function readField(body: string, name: 'status' | 'reason'): unknown {
	try {
		const parsed: unknown = JSON.parse(body);
		return typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
	} catch {
		return undefined;
	}
}

function refusalMessage(status: number): string {
	if (status === 401) return 'The endpoint answered 401: the signing secrets of both sides differ.';
	if (status === 404) return 'The endpoint answered 404: the sub-workflow is not published.';
	if (status === 410) return 'The endpoint answered 410: it is gone and gets no more dispatches.';
	if (status >= 300 && status < 400) return `The endpoint answered ${status}: redirects are not followed.`;
	return `The endpoint answered ${status}.`;
}
