import { ServerResponse } from 'node:http';
import pg from 'pg';
import type { KillPoint } from './messages';

/** Every place where this process can be killed, as often as it was met: statements, requests sent, answers given. */
const met: string[] = [];
const counts = new Map<string, number>();
let armed: KillPoint | undefined;
let beforeDeath: (where: string) => void = () => undefined;

export function arm(point: KillPoint): void {
	armed = point;
}

/** Forgets what was met, so that a pass is counted from its own beginning. */
export function countAnew(lastWords: (where: string) => void): void {
	met.length = 0;
	counts.clear();
	beforeDeath = lastWords;
}

export function metPoints(): string[] {
	return [...met];
}

/** Nothing of this process runs after it: no handler, no rollback, no goodbye to Postgres. */
function die({ label, occurrence, when }: KillPoint): void {
	beforeDeath(`${when} ${label} #${occurrence}`);
	process.kill(process.pid, 'SIGKILL');
}

/** Begins one thing; answers what to call when it is done. */
function begin(label: string): () => void {
	const occurrence = (counts.get(label) ?? 0) + 1;
	counts.set(label, occurrence);
	met.push(`${label} #${occurrence}`);
	const point = armed?.label === label && armed.occurrence === occurrence ? armed : undefined;
	if (point?.when === 'before') die(point);
	return () => {
		if (point?.when === 'after') die(point);
	};
}

/** Wraps what reaches the outside; called once, before anything else of the process runs. */
export function watchEverythingThatLeaves(): void {
	watchStatements();
	watchRequests();
	watchAnswers();
}

function watchStatements(): void {
	const original: Anything = Reflect.get(Object(pg.Client.prototype), 'query');
	Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...parts: unknown[]): unknown {
		const done = begin(`sql ${statementName(parts[0])}`);
		const callback = parts.at(-1);
		if (isFunction(callback)) {
			const relay = (...answer: unknown[]) => {
				done();
				callback(...answer);
			};
			return Reflect.apply(original, this, [...parts.slice(0, -1), relay]);
		}
		const answer = Reflect.apply(original, this, parts);
		return answer instanceof Promise ? answer.finally(done) : answer;
	});
}

function watchRequests(): void {
	const original = globalThis.fetch;
	globalThis.fetch = async (...parts) => {
		const done = begin(`post ${pathOf(parts[0])}`);
		try {
			return await original(...parts);
		} finally {
			done();
		}
	};
}

function watchAnswers(): void {
	const original: Anything = Reflect.get(Object(ServerResponse.prototype), 'end');
	Reflect.set(ServerResponse.prototype, 'end', function (this: ServerResponse, ...parts: unknown[]): unknown {
		const done = begin(`answer ${this.statusCode} ${this.req.url}`);
		this.once('finish', done);
		return Reflect.apply(original, this, parts);
	});
}

/** The function that a statement calls, or the first words of any other. */
function statementName(statement: unknown): string {
	const text = typeof statement === 'string' ? statement : String(Reflect.get(Object(statement), 'text'));
	return /orchestrator\.(\w+)\(/.exec(text)?.[1] ?? text.trim().split(/\s+/).slice(0, 4).join(' ');
}

function pathOf(target: unknown): string {
	return new URL(target instanceof Request ? target.url : String(target)).pathname;
}

type Anything = (...parts: unknown[]) => unknown;

function isFunction(value: unknown): value is Anything {
	return typeof value === 'function';
}
