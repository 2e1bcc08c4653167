import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Casting, type Order, reply, type Reply } from './messages';

const HOOK = join(__dirname, '..', 'generator', 'typescript-hook.cjs');

/** A player in a process of its own, as the test holds it. */
export class PlayerProcess {
	readonly #waiting = new Map<number, { resolve(answer: Reply): void; reject(error: Error): void }>();
	readonly exited: Promise<NodeJS.Signals | null>;
	readonly #ready: Promise<Reply>;
	#orders = 0;
	#output = '';

	private constructor(private readonly child: ChildProcess) {
		child.stderr?.on('data', (chunk) => (this.#output += String(chunk)));
		child.on('message', (message) => {
			const answer = reply.parse(message);
			const waiting = this.#waiting.get(answer.n);
			this.#waiting.delete(answer.n);
			if (answer.error !== undefined) waiting?.reject(new Error(answer.error));
			else waiting?.resolve(answer);
		});
		this.exited = once(child, 'exit').then(([, signal]: (NodeJS.Signals | null)[]) => {
			const error = new ProcessEnded(`the player ended (${signal ?? 'by itself'}) ${this.#output}`);
			for (const { reject } of this.#waiting.values()) reject(error);
			this.#waiting.clear();
			return signal ?? null;
		});
		this.#ready = this.#answerTo(0);
		this.#ready.catch(() => undefined);
	}

	/** The cache of compiled code makes the next start cheaper. Loads everything and waits for its casting: a warm process dies at no cost of time. */
	static start(compileCache: string): PlayerProcess {
		const child = fork(join(__dirname, 'child.ts'), {
			execArgv: ['-r', HOOK],
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
		});
		return new PlayerProcess(child);
	}

	async play(casting: Omit<Casting, 'receiver'> & Partial<Casting>): Promise<number> {
		const { port } = await this.tell({ do: 'play', casting });
		if (port === undefined) throw new Error('the player has no port');
		return port;
	}

	/** Rejects with ProcessEnded when the player dies before it answers. */
	async tell(order: Order): Promise<Reply> {
		await this.#ready;
		if (this.child.exitCode !== null || this.child.signalCode !== null)
			throw new ProcessEnded('the player has ended');
		const n = ++this.#orders;
		const answer = this.#answerTo(n);
		this.child.send({ n, order }, (error) => {
			if (error) this.#waiting.get(n)?.reject(new ProcessEnded(error.message));
		});
		return await answer;
	}

	signal(signal: NodeJS.Signals): void {
		this.child.kill(signal);
	}

	async end(): Promise<void> {
		this.child.kill('SIGKILL');
		await this.exited;
	}

	#answerTo(n: number): Promise<Reply> {
		return new Promise((resolve, reject) => this.#waiting.set(n, { resolve, reject }));
	}
}

/** The process was killed, or ended, before it answered. */
export class ProcessEnded extends Error {}
