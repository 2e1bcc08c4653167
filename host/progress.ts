/** Tells a person what happens. `during` repeats what it waits for at least every 2 s. */
export interface Progress {
	say(line: string): void;
	during<T>(what: string, work: () => Promise<T>): Promise<T>;
}

/** Longest silence while something runs. */
export const REPEAT_MS = 2000;

/** One rewritten line on a terminal, plain lines elsewhere. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
	const live = stream.isTTY === true;
	const write = (line: string) => stream.write(live ? `\r\x1b[2K${line}` : `${line}\n`);
	const end = (line: string) => stream.write(live ? `\r\x1b[2K${line}\n` : `${line}\n`);
	return {
		say: end,
		during: async (what, work) => {
			const startedAtMs = performance.now();
			const seconds = () => ((performance.now() - startedAtMs) / 1000).toFixed(1);
			write(`  … ${what}`);
			const timer = setInterval(() => write(`  … ${what} (${seconds()} s)`), live ? 250 : REPEAT_MS);
			try {
				const result = await work();
				end(`  ✓ ${what} (${seconds()} s)`);
				return result;
			} catch (error) {
				end(`  ✗ ${what} (${seconds()} s)`);
				throw error;
			} finally {
				clearInterval(timer);
			}
		},
	};
}

/** For tests: says nothing. */
export const silent: Progress = { say: () => {}, during: (_what, work) => work() };
