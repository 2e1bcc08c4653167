/** Keeps a long test run from looking stuck: a line every 2 s that names the files under way. */
const REPEAT_MS = 2000;

module.exports = class Heartbeat {
	constructor() {
		this.running = new Map();
		this.done = 0;
	}

	onRunStart(results) {
		this.total = results.numTotalTestSuites;
		this.startedAt = Date.now();
		if (process.stderr.isTTY) return;
		this.timer = setInterval(() => this.beat(), REPEAT_MS);
		this.timer.unref();
	}

	onTestFileStart(test) {
		this.running.set(test.path, test.path.split('/test/').pop());
	}

	onTestFileResult(test) {
		this.running.delete(test.path);
		this.done += 1;
	}

	onRunComplete() {
		clearInterval(this.timer);
	}

	beat() {
		const seconds = Math.round((Date.now() - this.startedAt) / 1000);
		process.stderr.write(`  … ${seconds} s, ${this.done} of ${this.total} files, running ${[...this.running.values()].join(', ')}\n`);
	}
};
