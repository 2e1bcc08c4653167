/** A failure that was made for a reader: its message alone is printed. */
export class ReportedError extends Error {}

const REPEAT_MS = 2000;

/** Says what runs, at least every 2 s; rewrites one line on a terminal, prints plain lines elsewhere. */
export function reporter(stream) {
	const live = stream.isTTY === true;
	const write = (text) => stream.write(live ? `\r\x1b[2K${text}` : `${text}\n`);
	const end = (text) => stream.write(live ? `\r\x1b[2K${text}\n` : `${text}\n`);
	return {
		say: end,
		async during(what, work) {
			const startedAt = Date.now();
			const line = (mark) => `  ${mark} ${what} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`;
			write(`  … ${what}`);
			const timer = setInterval(() => write(line('…')), live ? 250 : REPEAT_MS);
			try {
				const result = await work();
				end(line('✓'));
				return result;
			} catch (error) {
				end(line('✗'));
				throw error;
			} finally {
				clearInterval(timer);
			}
		},
	};
}
