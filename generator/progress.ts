/** Says on stderr how far a long run is: the first time after two seconds, then every two. */
export function progressOf(total: number, what = 'files'): (done: number) => void {
	let saidAt = performance.now();
	return (done) => {
		if (performance.now() - saidAt < 2000 || done === total) return;
		saidAt = performance.now();
		process.stderr.write(`${done} of ${total} ${what}\n`);
	};
}

/** Says on stderr, every two seconds, what is being waited for, until the work has ended. */
export async function during<T>(what: string, work: Promise<T>): Promise<T> {
	const startedAt = performance.now();
	const timer = setInterval(() => {
		const seconds = Math.round((performance.now() - startedAt) / 1000);
		process.stderr.write(`${what} (${seconds} s)\n`);
	}, 2000);
	try {
		return await work;
	} finally {
		clearInterval(timer);
	}
}
